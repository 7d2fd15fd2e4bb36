import Foundation

/// A Redis of its own, with nothing on disk.
package final class RedisServer: Sendable {
    package let port: Int
    private let process: RunningProcess
    private let folder: TemporaryFolder

    /// - Parameter port: `nil` is any free one; another brings a server back where one has stopped.
    package init(port: Int? = nil, _ arguments: [String] = []) async throws {
        let port = try port ?? Self.freePort()
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

    /// One that nobody listens at now.
    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isBound else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EADDRINUSE) }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    package var url: String { "redis://127.0.0.1:\(port)" }

    package func signal(_ signal: Int32) { process.signal(signal) }

    /// Ends it as a crash would.
    package func stop() async {
        process.signal(SIGKILL)
        _ = await process.exit()
    }
}
