import NIOCore
import NIOHPACK
import NIOHTTP2

/// Ends an HTTP/2 stream whose response has a status that is no number of three digits (RFC 9113, section 8.3.2). The
/// codec above takes any number, and a negative one ends the process.
final class StatusGuard: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias InboundOut = HTTP2Frame.FramePayload

    /// - Parameter stream: with its codec; called on its event loop.
    static func install(in stream: any Channel) throws {
        try stream.pipeline.syncOperations.addHandler(StatusGuard(), position: .first)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .headers(let frame) = unwrapInboundIn(data), let status = frame.headers.first(name: ":status"),
            status.utf8.count != 3 || !status.utf8.allSatisfy(\.isASCIIDigit)
        else { return context.fireChannelRead(data) }
        context.fireErrorCaught(FetchError.undecodable("its status is none of HTTP's"))
        context.close(promise: nil)
    }
}
