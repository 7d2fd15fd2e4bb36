import NIOCore
import NIOPosix

/// Sends bytes to a local port and collects what comes until the other side closes, or until it is enough.
enum RawConnection {
    static func exchange(
        _ text: String, port: Int, until isEnough: @Sendable (ByteBuffer) -> Bool = { _ in false }
    ) async throws -> ByteBuffer {
        let connection = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await connection.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            var received = ByteBuffer()
            for try await var piece in inbound {
                received.writeBuffer(&piece)
                if isEnough(received) { break }
            }
            return received
        }
    }
}
