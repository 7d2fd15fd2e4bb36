package import NIOCore

/// The bytes of a body as they arrive; can be read once.
package struct FetchBody: AsyncSequence, Sendable {
    package typealias Element = ByteBuffer

    private enum Source: Sendable {
        case buffer(ByteBuffer)
        case sequence(any AsyncSequence<ByteBuffer, any Error> & Sendable)
    }

    private let source: Source

    package init(_ bytes: any AsyncSequence<ByteBuffer, any Error> & Sendable) {
        source = .sequence(bytes)
    }

    /// What is in memory already.
    package init(_ buffer: ByteBuffer) {
        source = .buffer(buffer)
    }

    package static let empty = FetchBody(ByteBuffer())

    /// The whole body, where it is in memory already.
    package var buffer: ByteBuffer? {
        if case .buffer(let buffer) = source { buffer } else { nil }
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate enum Source {
            case buffer(ByteBuffer)
            case iterator(any AsyncIteratorProtocol<ByteBuffer, any Error>)
        }

        fileprivate var source: Source

        package mutating func next() async throws -> ByteBuffer? {
            switch source {
            case .buffer(let buffer):
                guard buffer.readableBytes > 0 else { return nil }
                source = .buffer(ByteBuffer())
                return buffer
            case .iterator(var iterator):
                let chunk = try await iterator.next(isolation: #isolation)
                source = .iterator(iterator)
                // Some sequences just end when their reader is cancelled; nobody shall take that for the end of the body.
                if chunk == nil { try Task.checkCancellation() }
                return chunk
            }
        }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        switch source {
        case .buffer(let buffer): AsyncIterator(source: .buffer(buffer))
        case .sequence(let bytes): AsyncIterator(source: .iterator(bytes.makeAsyncIterator()))
        }
    }

    /// The whole body in memory; the request's body limit bounds it.
    package func collect() async throws -> ByteBuffer {
        if let buffer { return buffer }
        var all = ByteBuffer()
        for try await var chunk in self {
            all.writeBuffer(&chunk)
        }
        return all
    }
}
