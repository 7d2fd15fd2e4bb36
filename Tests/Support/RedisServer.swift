import Foundation

/// A Redis of its own, with nothing on disk.
package final class RedisServer: Sendable {
    package let port: Int
    private let process: RunningProcess
    private let folder: TemporaryFolder

    /// - Parameter port: `nil` is any free one; another brings a server back where one has stopped.
    package init(port: Int? = nil, arguments: [String] = []) async throws {
        let port = try port ?? FreePort.find()
        self.port = port
        folder = try TemporaryFolder()
        process = try RunningProcess(
            "/usr/bin/redis-server",
            [
                "--port", "\(port)", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir",
                folder.url.path(percentEncoded: false),
            ] + arguments)
        _ = try await process.captured(#/(Ready to accept connections)/#)
    }

    package var url: String { "redis://127.0.0.1:\(port)" }

    /// Runs a command on it.
    package func run(_ command: [String]) async throws {
        let client = try RunningProcess("/usr/bin/redis-cli", ["-p", "\(port)"] + command)
        guard await client.exit() == 0 else { throw RunningProcess.EndedEarly(output: client.output) }
    }

    package func signal(_ signal: Int32) { process.signal(signal) }

    /// Ends it as a crash would.
    package func stop() async {
        process.signal(SIGKILL)
        _ = await process.exit()
    }
}
