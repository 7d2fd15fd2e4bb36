import NIOCore
import NIOPosix

/// A server on a free port of the loopback whose bytes a test chooses: it may answer before it is asked.
final class RawOrigin: Sendable {
    let port: Int
    private let serving: Task<Void, Never>

    private init(port: Int, serving: Task<Void, Never>) {
        self.port = port
        self.serving = serving
    }

    deinit { serving.cancel() }

    /// - Parameter serve: what is done with each connection, which is closed when it returns or throws.
    static func serving(
        _ serve: @escaping @Sendable (inout RawConnection) async throws -> Void
    ) async throws -> RawOrigin {
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(host: "127.0.0.1", port: 0) { RawConnection.wrap($0) }
        let serving = Task<Void, Never> {
            try? await listener.executeThenClose { connections in
                try await withThrowingDiscardingTaskGroup { group in
                    for try await connection in connections {
                        group.addTask { _ = try? await RawConnection.serve(connection, serve) }
                    }
                    group.cancelAll()
                }
            }
        }
        return RawOrigin(port: listener.channel.localAddress?.port ?? 0, serving: serving)
    }

    var url: String { "http://127.0.0.1:\(port)" }

    /// Closes the port and every connection; returns when that is done.
    func stop() async {
        serving.cancel()
        await serving.value
    }
}
