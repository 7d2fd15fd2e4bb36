import Foundation
import NIOCore
import NIOPosix

/// A client that says word for word what it is told, and leaves when it likes.
enum RawClient {
    struct ConnectionClosed: Error {
        let received: String
    }

    /// Sends the text, reads until `isEnough`, and closes the connection at once.
    static func ask(
        _ url: String, _ text: String, until isEnough: @escaping @Sendable (String) -> Bool
    ) async throws -> String {
        let parts = URLComponents(string: url)
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: parts?.host ?? "", port: parts?.port ?? 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            var received = ""
            for try await chunk in inbound {
                received += String(buffer: chunk)
                if isEnough(received) { return received }
            }
            throw ConnectionClosed(received: received)
        }
    }
}
