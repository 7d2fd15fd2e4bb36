import CHiredis
import NIOCore

/// A command and whoever waits for its reply.
struct RedisCommand: Sendable {
    let arguments: [[UInt8]]
    let promise: EventLoopPromise<RedisValue>
}

/// Speaks RESP on a connection: hiredis reads replies, which come in the order of the commands.
/// Belongs to its channel's event loop.
final class RedisHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = RedisCommand
    typealias OutboundOut = ByteBuffer

    private var reader: UnsafeMutablePointer<redisReader>?
    private var waiting: CircularBuffer<EventLoopPromise<RedisValue>> = []
    /// Called for replies that nobody asked for: what is published on channels.
    private let onMessage: ((RedisValue) -> Void)?

    init(onMessage: (@Sendable (RedisValue) -> Void)?) {
        self.onMessage = onMessage
    }

    func handlerAdded(context: ChannelHandlerContext) { reader = redisReaderCreate() }

    func handlerRemoved(context: ChannelHandlerContext) {
        redisReaderFree(reader)
        reader = nil
        fail(ChannelError.ioOnClosedChannel)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let command = unwrapOutboundIn(data)
        waiting.append(command.promise)
        context.write(wrapOutboundOut(Self.format(command.arguments, context.channel.allocator)), promise: promise)
    }

    /// An array of bulk strings: arguments are copied once, whole, since the loop serves other connections too.
    private static func format(_ arguments: [[UInt8]], _ allocator: ByteBufferAllocator) -> ByteBuffer {
        var buffer = allocator.buffer(capacity: arguments.reduce(32) { $0 + $1.count + 32 })
        buffer.writeString("*\(arguments.count)\r\n")
        for argument in arguments {
            buffer.writeString("$\(argument.count)\r\n")
            buffer.writeBytes(argument)
            buffer.writeString("\r\n")
        }
        return buffer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        let fed = buffer.withUnsafeReadableBytes { bytes in
            redisReaderFeed(reader, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        guard fed == REDIS_OK, take() else {
            fail(RedisFailure(description: "what it sent is not the Redis protocol"))
            context.close(promise: nil)
            return
        }
    }

    /// `false` where what came is not the protocol.
    private func take() -> Bool {
        while true {
            var reply: UnsafeMutableRawPointer?
            guard redisReaderGetReply(reader, &reply) == REDIS_OK else { return false }
            guard let reply else { return true }
            let value = RedisValue(reply.assumingMemoryBound(to: redisReply.self).pointee)
            freeReplyObject(reply)
            if let first = waiting.popFirst() { first.succeed(value) } else { onMessage?(value) }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(ChannelError.ioOnClosedChannel)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(error)
        context.close(promise: nil)
    }

    private func fail(_ error: any Error) {
        while let promise = waiting.popFirst() { promise.fail(error) }
    }
}
