import NIOCore

/// Takes a leading `CONNECT` off a connection, so that what follows can be served as plain HTTP.
///
/// It works on bytes, in front of the HTTP codec: after the answer the codec starts with a clean connection. Anything
/// that is not `CONNECT` passes untouched, and the handler leaves the pipeline either way.
final class ConnectHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        case collecting(ByteBuffer)
        case passing
        case refused
    }

    private var state = State.collecting(ByteBuffer())

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch state {
        case .passing: context.fireChannelRead(data)
        case .refused: break
        case .collecting(var head):
            var bytes = unwrapInboundIn(data)
            head.writeBuffer(&bytes)
            act(on: ConnectHead.read(from: &head), rest: head, context: context)
        }
    }

    private func act(on outcome: ConnectHead, rest: ByteBuffer, context: ChannelHandlerContext) {
        switch outcome {
        case .incomplete:
            state = .collecting(rest)
        case .absent:
            leave(passing: rest, context: context)
        case .tunnel:
            write("HTTP/1.1 200 Connection established\r\n\r\n", context: context, promise: nil)
            leave(passing: rest, context: context)
        case .refused(let answer):
            state = .refused
            let written = context.eventLoop.makePromise(of: Void.self)
            let channel = context.channel
            written.futureResult.whenComplete { _ in channel.close(promise: nil) }
            write(answer, context: context, promise: written)
        }
    }

    private func write(_ text: String, context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: promise)
    }

    /// Passes on what is left and then leaves. Both happen within this read, so no other read can come in between,
    /// and the read-complete that follows it already reaches the next handler directly.
    private func leave(passing rest: ByteBuffer, context: ChannelHandlerContext) {
        state = .passing
        if rest.readableBytes > 0 {
            context.fireChannelRead(wrapInboundOut(rest))
        }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }
}
