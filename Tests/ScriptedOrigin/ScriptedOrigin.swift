import NIOCore
import NIOHTTP1
import NIOPosix

/// A real HTTP/1.1 server on a free port of the loopback, which answers what a test scripts and records what it is asked.
package final class ScriptedOrigin: Sendable {
    /// A script that throws resets the connection.
    package typealias Script = @Sendable (RecordedRequest) async throws -> ScriptedAnswer

    package let port: Int
    private let ledger: Ledger
    private let serving: Task<Void, Never>

    private init(port: Int, ledger: Ledger, serving: Task<Void, Never>) {
        self.port = port
        self.ledger = ledger
        self.serving = serving
    }

    deinit { serving.cancel() }

    /// - Parameter port: 0 is any free one; another brings an origin back where one has stopped.
    package static func serving(
        host: String = "127.0.0.1", on port: Int = 0, _ script: @escaping Script
    ) async throws -> ScriptedOrigin {
        let ledger = Ledger()
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: host, port: port) { channel in
                ledger.follow(channel)
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
                    return try NIOAsyncChannel<HTTPServerRequestPart, Never>(wrappingChannelSynchronously: channel)
                }
            }
        let serving = Task {
            try? await listener.executeThenClose { connections in
                try await withThrowingDiscardingTaskGroup { group in
                    for try await channel in connections {
                        group.addTask { await ServedConnection(channel: channel, ledger: ledger).serve(script) }
                    }
                    group.cancelAll()
                }
            }
            await ledger.closeConnections()
        }
        return ScriptedOrigin(port: listener.channel.localAddress?.port ?? port, ledger: ledger, serving: serving)
    }

    /// Closes the port and every connection; returns when that is done.
    package func stop() async {
        serving.cancel()
        await serving.value
    }

    package var url: String { "http://127.0.0.1:\(port)" }

    /// In the order in which they had arrived as a whole.
    package var requests: [RecordedRequest] { ledger.requests }
    /// Accepted so far.
    package var connections: Int { ledger.connections }
    package var openConnections: Int { ledger.openConnections }

    package func requests(to path: String) -> [RecordedRequest] {
        requests.filter { $0.path == path }
    }

    /// The requests to the path, once there are so many.
    package func requests(to path: String, atLeast count: Int) async throws -> [RecordedRequest] {
        try await ledger.arrival(of: count, at: path)
        return requests(to: path)
    }
}
