import HTTPTypes
import NIOCore

/// Refuses bodies that are, or turn out to be, larger than the request allows.
package struct BodyLimitLayer<Next: Transport>: Transport {
    private let next: Next

    package init(_ next: Next) {
        self.next = next
    }

    package func withResponse<Result: Sendable>(
        to request: FetchRequest,
        _ consume: @escaping @Sendable (FetchResponse) async throws -> Result
    ) async throws -> Result {
        try await next.withResponse(to: request) { response in
            let limit = request.maximumBodyBytes
            if request.method != .head, let announced = response.headers[.contentLength].flatMap(Int.init),
                announced > limit
            {
                throw FetchError.payloadTooLarge(limit: limit)
            }
            if let buffer = response.body.buffer {
                guard buffer.readableBytes <= limit else { throw FetchError.payloadTooLarge(limit: limit) }
                request.exchange.note { $0.bytes += buffer.readableBytes }
                return try await consume(response)
            }
            var bounded = response
            bounded.body = FetchBody(BoundedBytes(base: response.body, limit: limit, exchange: request.exchange))
            return try await consume(bounded)
        }
    }
}

private struct BoundedBytes: AsyncSequence, Sendable {
    let base: FetchBody
    let limit: Int
    let exchange: Exchange

    struct AsyncIterator: AsyncIteratorProtocol {
        var base: FetchBody.AsyncIterator
        let limit: Int
        let exchange: Exchange
        var count = 0

        mutating func next() async throws -> ByteBuffer? {
            guard let chunk = try await base.next() else { return nil }
            count += chunk.readableBytes
            exchange.note { $0.bytes += chunk.readableBytes }
            guard count <= limit else { throw FetchError.payloadTooLarge(limit: limit) }
            return chunk
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: base.makeAsyncIterator(), limit: limit, exchange: exchange)
    }
}
