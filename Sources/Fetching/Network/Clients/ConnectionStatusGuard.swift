import NIOCore
import NIOHTTP1

/// As ``StatusGuard``, on an HTTP/1.1 connection: AsyncHTTPClient takes a status below 100 for that of an interim response,
/// and ends the process at the body that follows.
final class ConnectionStatusGuard: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private var isRefused = false

    /// - Parameter channel: with its codec; called on its event loop.
    static func install(in channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
        try pipeline.addHandler(ConnectionStatusGuard(), position: .after(decoder))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let head) = unwrapInboundIn(data), head.status.code < 100 {
            isRefused = true
            context.fireErrorCaught(FetchError.undecodable("its status \(head.status.code) is none of HTTP's"))
            context.close(promise: nil)
        }
        guard !isRefused else { return }
        context.fireChannelRead(data)
    }
}
