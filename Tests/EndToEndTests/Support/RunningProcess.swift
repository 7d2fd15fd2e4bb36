import Foundation
import Synchronization

/// A real process of one of our binaries, killed at the latest when the test lets go of it.
final class RunningProcess: Sendable {
    private let process: Process
    private let lines = Mutex(Lines())

    /// Lines so far, and whoever waits for one to come.
    private struct Lines {
        var written: [String] = []
        var rest = Data()
        var isAtEnd = false
        var waiters: [CheckedContinuation<Void, Never>] = []

        mutating func takeWaiters() -> [CheckedContinuation<Void, Never>] {
            defer { waiters = [] }
            return waiters
        }
    }

    struct EndedEarly: Error, CustomStringConvertible {
        let output: [String]
        var description: String { "the process ended or wrote no such line:\n" + output.joined(separator: "\n") }
    }

    /// - Parameter binary: `weir` or `upstream-simulator`.
    init(_ binary: String, _ arguments: [String]) throws {
        process = Process()
        process.executableURL = Self.folder.appending(path: binary)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.filter {
            !$0.key.hasPrefix("WEIR_") && !$0.key.hasPrefix("DOCSTOKG_")
        }
        process.currentDirectoryURL = FileManager.default.temporaryDirectory
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        pipe.fileHandleForReading.readabilityHandler = { [weak self] handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil }
            self?.take(data)
        }
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// Where the build put the binaries: beside the tests' own.
    private static var folder: URL {
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        return URL(filePath: bundle).deletingLastPathComponent()
    }

    private func take(_ data: Data) {
        let waiters = lines.withLock { lines in
            if data.isEmpty { lines.isAtEnd = true }
            lines.rest.append(data)
            while let end = lines.rest.firstIndex(of: UInt8(ascii: "\n")) {
                lines.written.append(String(decoding: lines.rest[..<end], as: UTF8.self))
                lines.rest = Data(lines.rest[lines.rest.index(after: end)...])
            }
            return lines.takeWaiters()
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Everything written so far, standard output and error together.
    var output: [String] { lines.withLock { $0.written } }

    /// What the first line that matches captures; waits for it to be written.
    func captured(_ pattern: Regex<(Substring, Substring)>) async throws -> String {
        while true {
            let (found, isAtEnd) = lines.withLock { lines in
                (lines.written.lazy.compactMap { $0.firstMatch(of: pattern)?.1 }.first, lines.isAtEnd)
            }
            if let found { return String(found) }
            guard !isAtEnd else { throw EndedEarly(output: output) }
            await change()
        }
    }

    private func change() async {
        let count = lines.withLock { $0.written.count }
        await withCheckedContinuation { continuation in
            let isNew = lines.withLock { lines in
                guard lines.written.count == count, !lines.isAtEnd else { return true }
                lines.waiters.append(continuation)
                return false
            }
            if isNew { continuation.resume() }
        }
    }

    func signal(_ signal: Int32) {
        kill(process.processIdentifier, signal)
    }

    /// Waits for the end of the process: its exit code, or minus the signal that ended it.
    func exit() async -> Int32 {
        while !lines.withLock({ $0.isAtEnd }) { await change() }
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }
}
