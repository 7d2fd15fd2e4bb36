import HTTPTypes
import HummingbirdCore
import NIOCore

extension Request {
    /// Sends `100 Continue` once the body is read, where the client waits for it: a request that is refused unread is answered
    /// without the body's ever being sent (RFC 9110, section 10.1.1).
    func continuing(on channel: any Channel) -> Request {
        guard headers.contains(.expect) else { return self }
        var request = self
        request.body = RequestBody(asyncSequence: ContinuedBody(base: body, channel: channel))
        return request
    }
}

private struct ContinuedBody: AsyncSequence, Sendable {
    let base: RequestBody
    let channel: any Channel

    struct AsyncIterator: AsyncIteratorProtocol {
        var base: RequestBody.AsyncIterator
        /// `nil` once the response has been asked for.
        var channel: (any Channel)?

        @concurrent mutating func next() async throws -> ByteBuffer? {
            if let channel {
                self.channel = nil
                channel.triggerUserOutboundEvent(ExchangeHandler.ContinueRequest(), promise: nil)
            }
            return try await base.next()
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: base.makeAsyncIterator(), channel: channel)
    }
}
