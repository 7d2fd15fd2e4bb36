import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Has every request judged the moment its head is read, before any queue or task switch can blur the time.
///
/// The verdict travels to the responder in a header field, which is the only room a request has.
final class ArrivalHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private let upstream: Upstream

    init(upstream: Upstream) {
        self.upstream = upstream
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data) else {
            context.fireChannelRead(data)
            return
        }
        head.headerFields[.simulatedRetryAfter] = nil
        if case .rejected(let seconds) = upstream.judge(UpstreamRequest(head)) {
            head.headerFields[.simulatedRetryAfter] = String(seconds)
        }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }
}
