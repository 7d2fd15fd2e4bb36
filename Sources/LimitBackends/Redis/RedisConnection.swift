import Foundation
import NIOCore
import NIOPosix
import NIOSSL

/// One connection to a Redis, on which commands are pipelined.
struct RedisConnection: Sendable {
    let server: RedisNode
    /// What the server calls its own run, from its start to its end; nothing where it does not tell.
    private(set) var run: [UInt8] = []
    private let channel: any Channel

    private static let connectTimeout = TimeAmount.seconds(1)

    /// Connects, introduces itself and selects the database.
    ///
    /// - Parameters:
    ///   - roots: certificates that are trusted besides those of the system.
    ///   - onMessage: called for every message on the channels that are subscribed to.
    /// - Throws: ``RedisFailure``; what connecting throws.
    static func connect(
        to server: RedisNode, of address: RedisAddress, trusting roots: [NIOSSLCertificate],
        onMessage: (@Sendable (RedisValue) -> Void)? = nil
    ) async throws -> RedisConnection {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if !roots.isEmpty { configuration.additionalTrustRoots = [.certificates(roots)] }
        let tls = address.isSecure ? try NIOSSLContext(configuration: configuration) : nil
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(connectTimeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        // An address that is a number has no name to ask for.
                        let name = try? SocketAddress(ipAddress: server.host, port: 0)
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: name == nil ? server.host : nil))
                    }
                    try channel.pipeline.syncOperations.addHandler(RedisHandler(onMessage: onMessage))
                }
            }
            .connect(host: server.host, port: server.port).get()
        var connection = RedisConnection(server: server, channel: channel)
        do {
            try await connection.introduce(address)
            connection.run = await connection.askForRun()
        } catch {
            connection.close()
            throw error
        }
        return connection
    }

    /// Why there is no connection, for people.
    static func words(for error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            guard let first = error.connectionErrors.first?.error else { return "no such host" }
            return words(for: first)
        case let error as IOError: return String(cString: strerror(error.errnoCode)).lowercased()
        case ChannelError.connectTimeout: return "the server does not answer"
        default: return "\(error)"
        }
    }

    private func introduce(_ address: RedisAddress) async throws {
        if let password = address.password {
            _ = try await call(["AUTH"] + [address.user, password].compactMap(\.self), within: .seconds(1))
        }
        if address.database != 0 { _ = try await call(["SELECT", "\(address.database)"], within: .seconds(1)) }
    }

    private func askForRun() async -> [UInt8] {
        // Some do not let everybody ask.
        let answer = try? await call(["INFO", "server"], within: .seconds(1))
        let line = answer?.text?.split(whereSeparator: \.isNewline).first { $0.hasPrefix("run_id:") }
        return line.map { Array($0.utf8.dropFirst("run_id:".utf8.count)) } ?? []
    }

    func call(_ arguments: [String], within deadline: TimeAmount) async throws -> RedisValue {
        try await call(arguments.map { Array($0.utf8) }, within: deadline)
    }

    /// - Parameter deadline: a connection that has not replied by then is closed: what it replies later is for nobody.
    /// - Throws: ``RedisFailure`` that was replied; what ended the connection.
    func call(_ arguments: [[UInt8]], within deadline: TimeAmount) async throws -> RedisValue {
        let promise = channel.eventLoop.makePromise(of: RedisValue.self)
        let timeout = channel.eventLoop.scheduleTask(in: deadline) { [channel] in channel.close(promise: nil) }
        promise.futureResult.whenComplete { _ in timeout.cancel() }
        channel.writeAndFlush(RedisCommand(arguments: arguments, promise: promise)).whenFailure { promise.fail($0) }
        let value = try await promise.futureResult.get()
        if case .failure(let failure) = value { throw failure }
        return value
    }

    var isOpen: Bool { channel.isActive }

    func close() { channel.close(promise: nil) }
}
