import NIOCore
import NIOHTTP1
import NIOHTTP2

/// Sends the request target that a request carries in a field of its own, instead of the one that AsyncHTTPClient makes of
/// its URL: it would ask for `/` where percent-encoded octets of a path are no UTF-8.
final class RequestTarget: ChannelOutboundHandler {
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    /// Never leaves the process.
    static let field = "weir-request-target"

    /// - Parameter channel: an HTTP/1.1 connection with its codec; called on its event loop.
    static func install(inConnection channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
        try pipeline.addHandler(RequestTarget(), position: .after(decoder))
    }

    /// - Parameter channel: a stream of an HTTP/2 connection with its codec; called on its event loop.
    static func install(inStream channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        let codec = try pipeline.handler(type: HTTP2FramePayloadToHTTP1ClientCodec.self)
        try pipeline.addHandler(RequestTarget(), position: .after(codec))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .head(var head) = unwrapOutboundIn(data), let target = head.headers[Self.field].first else {
            return context.write(data, promise: promise)
        }
        head.uri = target
        head.headers.remove(name: Self.field)
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }
}
