import Foundation
import Synchronization

/// A real process, killed at the latest when the test lets go of it.
///
/// Spawned by hand: one thread of its own spawns it, reads what it writes and then waits for its end, so that nothing
/// depends on run loops, and pipes are never inherited by processes that start meanwhile. A process that wants to die with
/// its parent dies with the thread that spawned it, so that one has to stay.
package final class RunningProcess: Sendable {
    let identifier: pid_t
    private let followed: Followed

    private final class Followed: Sendable {
        let state = Mutex(State())

        func take(_ bytes: ArraySlice<UInt8>, _ exit: Int32?) {
            let waiters = state.withLock { state in
                state.take(bytes)
                state.exit = exit
                return state.takeWaiters()
            }
            for waiter in waiters { waiter.resume() }
        }
    }

    /// Lines so far, the way the process ended, and whoever waits for either.
    private struct State {
        var lines: [String] = []
        var rest: [UInt8] = []
        var exit: Int32?
        var waiters: [CheckedContinuation<Void, Never>] = []

        mutating func take(_ bytes: some Sequence<UInt8>) {
            for byte in bytes {
                if byte == UInt8(ascii: "\n") {
                    lines.append(String(decoding: rest, as: UTF8.self))
                    rest = []
                } else {
                    rest.append(byte)
                }
            }
        }

        mutating func takeWaiters() -> [CheckedContinuation<Void, Never>] {
            defer { waiters = [] }
            return waiters
        }
    }

    package struct EndedEarly: Error, CustomStringConvertible {
        let output: [String]
        package var description: String {
            "the process ended and wrote no such line:\n" + output.joined(separator: "\n")
        }
    }

    package static func path(of binary: String) -> String {
        binary.hasPrefix("/") ? binary : Tested.binaries.appending(path: binary).path()
    }

    /// - Parameters:
    ///   - binary: `weir` or `upstream-simulator`, or an absolute path.
    ///   - additions: variables in addition to those of the tests, of which settings are left out.
    package init(_ binary: String, _ arguments: [String], environment additions: [String: String] = [:]) throws {
        let path = Self.path(of: binary)
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw POSIXError(.EMFILE) }
        let (reading, writing) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let environment = ProcessInfo.processInfo.environment
            .filter { !$0.key.hasPrefix("WEIR_") && !$0.key.hasPrefix("DOCSTOKG_") }
            .filter { !$0.key.lowercased().hasSuffix("_proxy") }
            .merging(additions) { $1 }
            .map { "\($0.key)=\($0.value)" }
        let words = [path] + arguments
        let followed = Followed()
        let spawned = Mutex<Result<pid_t, POSIXError>>(.failure(POSIXError(.ECANCELED)))
        let isSpawned = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            let result = Result { () throws(POSIXError) in
                try Self.spawn(words, environment, reading: reading, writing: writing)
            }
            spawned.withLock { $0 = result }
            isSpawned.signal()
            if case .success(let identifier) = result { Self.follow(reading, identifier, followed.take) }
        }
        isSpawned.wait()
        identifier = try spawned.withLock { try $0.get() }
        self.followed = followed
    }

    /// Starts the process with one end of a pipe as its output; without it the other is closed as well.
    private static func spawn(
        _ words: [String], _ environment: [String], reading: Int32, writing: Int32
    ) throws(POSIXError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, writing, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, writing, STDERR_FILENO)
        // Nothing else is inherited: a connection that the tests close must not live on in a child.
        for descriptor in STDERR_FILENO + 1..<min(getdtablesize(), 4_096) {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        let arguments = words.map { strdup($0) } + [nil]
        let variables = environment.map { strdup($0) } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var identifier: pid_t = 0
        let failure = posix_spawn(&identifier, words[0], &actions, nil, arguments, variables)
        close(writing)
        guard failure == 0 else {
            close(reading)
            throw POSIXError(POSIXErrorCode(rawValue: failure) ?? .ENOENT)
        }
        return identifier
    }

    deinit {
        if followed.state.withLock({ $0.exit == nil }) { kill(identifier, SIGKILL) }
    }

    /// Hands on what the process writes, and at last how it ended: its exit code, or minus the signal.
    private static func follow(_ reading: Int32, _ identifier: pid_t, _ take: (ArraySlice<UInt8>, Int32?) -> Void) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(reading, &buffer, buffer.count)
            if count > 0 { take(buffer[..<count], nil) }
            if count == 0 || (count < 0 && errno != EINTR) { break }
        }
        close(reading)
        var status: Int32 = 0
        while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
        take([], status & 0x7f == 0 ? (status >> 8) & 0xff : -(status & 0x7f))
    }

    /// Everything written so far, standard output and error together.
    package var output: [String] { followed.state.withLock { $0.lines } }

    /// What the first line that matches captures; waits for it to be written.
    package func captured(_ pattern: Regex<(Substring, Substring)>) async throws -> String {
        var seen = 0
        while true {
            let (lines, hasEnded) = followed.state.withLock { ($0.lines, $0.exit != nil) }
            if let found = lines.dropFirst(seen).lazy.compactMap({ $0.firstMatch(of: pattern)?.1 }).first {
                return String(found)
            }
            guard !hasEnded else { throw EndedEarly(output: lines) }
            let count = lines.count
            seen = count
            await change { $0.lines.count > count }
        }
    }

    /// Waits until `happened`, or the end of the process.
    private func change(_ happened: @Sendable (borrowing State) -> Bool) async {
        while !followed.state.withLock({ $0.exit != nil || happened($0) }) {
            await withCheckedContinuation { continuation in
                let isOver = followed.state.withLock { state in
                    guard state.exit == nil, !happened(state) else { return true }
                    state.waiters.append(continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        }
    }

    /// Files and connections that it has open.
    package func openFiles() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(identifier)/fd").count
    }

    /// Connections that it has open, and sockets that it listens on.
    package func openSockets() throws -> Int {
        let folder = "/proc/\(identifier)/fd"
        return try FileManager.default.contentsOfDirectory(atPath: folder).count { name in
            // One may be closed meanwhile.
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)")
            return target?.hasPrefix("socket:") ?? false
        }
    }

    package func residentBytes() throws -> Int {
        let fields = try String(contentsOfFile: "/proc/\(identifier)/statm", encoding: .utf8).split(separator: " ")
        return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * Int(getpagesize())
    }

    package func signal(_ signal: Int32) {
        kill(identifier, signal)
    }

    /// Waits for the end of the process: its exit code, or minus the signal that ended it.
    package func exit() async -> Int32 {
        await change { _ in false }
        return followed.state.withLock { $0.exit ?? 0 }
    }
}
