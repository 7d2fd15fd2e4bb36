import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file that a process leaves behind when it dies of itself (a trap, an abort, a bad access): so the next one can tell
/// that from being killed.
enum CrashMark {
    private static let signals = [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV]

    // Written once, before any handler is there that reads them.
    private nonisolated(unsafe) static var path: UnsafeMutablePointer<CChar>?
    private nonisolated(unsafe) static let before = UnsafeMutablePointer<sigaction>.allocate(capacity: 65)

    /// From now on this process leaves the file behind.
    static func leave(at file: URL) {
        guard path == nil else { return }
        path = strdup(file.path(percentEncoded: false))
        var action = sigaction()
        action.sa_flags = SA_SIGINFO
        // Only what is safe in a handler (POSIX, 2.4.3). The signal then takes its course, by the handler of before.
        action.__sigaction_handler.sa_sigaction = { signal, info, _ in
            if let path = CrashMark.path { close(creat(path, 0o600)) }
            sigaction(signal, CrashMark.before + Int(signal), nil)
            // A fault comes again by itself; what somebody sent does not.
            if let info, info.pointee.si_code <= 0 { raise(signal) }
        }
        for signal in signals { sigaction(signal, &action, before + Int(signal)) }
    }

    /// Whether the process before left one; removes it.
    static func take(from file: URL) -> Bool {
        unlink(file.path(percentEncoded: false)) == 0
    }
}
