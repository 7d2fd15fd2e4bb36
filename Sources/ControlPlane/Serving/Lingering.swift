import NIOCore
import NIOHTTP1

/// The end of a connection on which the client may still be sending (RFC 9112, section 9.6).
///
/// Closed at once with unread bytes, it would be reset, and the client could lose the response that it has not read yet. So
/// only the server's direction is closed, and what still arrives is thrown away: until the client closes its direction, for
/// as long as it keeps sending, and for so long at most.
final class Lingering {
    /// How long a client may send nothing.
    private static let longestSilence = TimeAmount.seconds(2)
    private static let mostRounds = 15

    private var rounds = 0
    private var hasReadLately = false
    private var isInputClosed = false
    private var isOutputClosed = false
    private var isOver = false
    private var timer: Scheduled<Void>?

    func start(_ context: ChannelHandlerContext) {
        // From here on requests are not even read.
        let pipeline = context.pipeline.syncOperations
        if let decoder = try? pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self) {
            pipeline.removeHandler(decoder, promise: nil)
        }
        let closing = context.eventLoop.makePromise(of: Void.self)
        closing.futureResult.assumeIsolated().whenComplete { _ in self.outputClosed(context) }
        context.close(mode: .output, promise: closing)
        context.read()
    }

    func hasRead() {
        hasReadLately = true
    }

    func inputClosed(_ context: ChannelHandlerContext) {
        isInputClosed = true
        if isOutputClosed { context.close(promise: nil) }
    }

    /// The response is with the operating system by now.
    private func outputClosed(_ context: ChannelHandlerContext) {
        guard !isOver else { return }
        isOutputClosed = true
        if isInputClosed { context.close(promise: nil) } else { wait(context) }
    }

    private func wait(_ context: ChannelHandlerContext) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.longestSilence) {
            self.rounds += 1
            guard self.hasReadLately, self.rounds < Self.mostRounds else { return context.close(promise: nil) }
            self.hasReadLately = false
            self.wait(context)
        }
    }

    func stop() {
        isOver = true
        timer?.cancel()
    }
}
