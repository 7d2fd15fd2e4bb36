package import HTTPTypes
package import NIOCore

/// A response whose body is still on its way.
package struct FetchResponse: Sendable {
    package let status: HTTPResponse.Status
    package let headers: HTTPFields
    package var body: FetchBody
    /// How long permission was waited for.
    package var limiterWait: Duration = .zero

    package init(status: HTTPResponse.Status, headers: HTTPFields, body: FetchBody) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// The bytes of a body as they arrive; can be read once.
package struct FetchBody: AsyncSequence, Sendable {
    package typealias Element = ByteBuffer

    private let bytes: any AsyncSequence<ByteBuffer, any Error> & Sendable

    package init(_ bytes: any AsyncSequence<ByteBuffer, any Error> & Sendable) {
        self.bytes = bytes
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
        var base: any AsyncIteratorProtocol<ByteBuffer, any Error>

        package mutating func next() async throws -> ByteBuffer? {
            try await base.next(isolation: #isolation)
        }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: bytes.makeAsyncIterator())
    }

    /// The whole body in memory; the request's body limit bounds it.
    package func collect() async throws -> ByteBuffer {
        var all = ByteBuffer()
        for try await var chunk in self {
            all.writeBuffer(&chunk)
        }
        return all
    }
}
