import NIOCore

/// A body as it was before it was compressed for its way.
struct DecodedBody<Base: AsyncSequence<ByteBuffer, any Error> & Sendable>: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let base: Base
    let coding: ContentCoding

    struct AsyncIterator: AsyncIteratorProtocol {
        var base: Base.AsyncIterator
        let inflater: Inflater

        @concurrent mutating func next() async throws -> ByteBuffer? {
            while true {
                if let bytes = try inflater.next() { return bytes }
                // What follows the content is not waited for: it may have no end.
                guard !inflater.hasEnded else { return nil }
                guard let bytes = try await base.next() else {
                    try inflater.finish()
                    return nil
                }
                inflater.receive(bytes)
            }
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: base.makeAsyncIterator(), inflater: Inflater(coding))
    }
}
