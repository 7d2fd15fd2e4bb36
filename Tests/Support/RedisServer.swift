import Foundation

/// A Redis of its own, with nothing on disk.
package final class RedisServer: Sendable {
    package let port: Int
    private let process: RunningProcess
    private let folder: TemporaryFolder

    private let isSecure: Bool

    /// - Parameters:
    ///   - port: `nil` is any free one; another brings a server back where one has stopped.
    ///   - identity: speaks TLS under it, and nothing else.
    package init(port: Int? = nil, as identity: Certificate? = nil, arguments: [String] = []) async throws {
        let port = try port ?? FreePort.find()
        self.port = port
        isSecure = identity != nil
        let security = identity.map { identity in
            [
                "--port", "0", "--tls-port", "\(port)", "--tls-auth-clients", "no", "--tls-cert-file",
                identity.certificate, "--tls-key-file", identity.key, "--tls-ca-cert-file", identity.certificate,
            ]
        }
        folder = try TemporaryFolder()
        process = try RunningProcess(
            "/usr/bin/redis-server",
            [
                "--port", "\(port)", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir",
                folder.url.path(percentEncoded: false),
            ] + (security ?? []) + arguments)
        _ = try await process.captured(#/(Ready to accept connections)/#)
    }

    package var url: String { isSecure ? "rediss://localhost:\(port)" : "redis://127.0.0.1:\(port)" }

    /// Runs a command on it.
    ///
    /// - Returns: what it replied, line by line.
    @discardableResult
    package func run(_ command: [String]) async throws -> [String] {
        let client = try RunningProcess("/usr/bin/redis-cli", ["-p", "\(port)", "-e"] + command)
        guard await client.exit() == 0 else { throw RunningProcess.EndedEarly(output: client.output) }
        return client.output
    }

    package func signal(_ signal: Int32) { process.signal(signal) }

    /// Ends it as a crash would.
    package func stop() async {
        process.signal(SIGKILL)
        _ = await process.exit()
    }
}
