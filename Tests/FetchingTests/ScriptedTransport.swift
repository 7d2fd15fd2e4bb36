import HTTPTypes
import NIOCore
import Synchronization

@testable import Fetching

/// An upstream that answers by a script and remembers what it was asked.
final class ScriptedTransport: Transport {
    struct Answer: Sendable {
        var status = 200
        var headers: HTTPFields = [:]
        var body = ""
        /// Comes after the body.
        var bodyFailure: FetchError?
        var failure: (any Error)?

        static func failing(_ error: any Error) -> Answer { Answer(failure: error) }
    }

    private let asked = Mutex<[FetchRequest]>([])
    private let script: @Sendable (FetchRequest, _ number: Int) async throws -> Answer

    /// - Parameter script: what comes of the request, and of which in the order of their arrival, from 1.
    init(_ script: @escaping @Sendable (FetchRequest, _ number: Int) async throws -> Answer) {
        self.script = script
    }

    var requests: [FetchRequest] { asked.withLock { $0 } }
    var urls: [String] { requests.map(\.address.text) }

    func withResponse<Result: Sendable>(
        to request: FetchRequest, _ consume: @escaping @Sendable (FetchResponse) async throws -> Result
    ) async throws -> Result {
        let number = asked.withLock { asked in
            asked.append(request)
            return asked.count
        }
        let answer = try await script(request, number)
        if let failure = answer.failure { throw failure }
        return try await consume(
            FetchResponse(
                status: .init(code: answer.status), headers: answer.headers,
                body: FetchBody(Bytes(text: answer.body, failure: answer.bodyFailure)), address: request.address))
    }

    /// A body in two chunks, or in one and a failure.
    private struct Bytes: AsyncSequence, Sendable {
        let text: String
        let failure: FetchError?

        struct AsyncIterator: AsyncIteratorProtocol {
            var chunks: [ByteBuffer]
            let failure: FetchError?

            mutating func next() async throws -> ByteBuffer? {
                if let chunk = chunks.popLast() { return chunk }
                if let failure { throw failure }
                return nil
            }
        }

        func makeAsyncIterator() -> AsyncIterator {
            let half = text.utf8.count / 2
            let chunks = [text.utf8.dropFirst(half), text.utf8.prefix(half)].map { ByteBuffer(bytes: $0) }
            return AsyncIterator(chunks: chunks.filter { $0.readableBytes > 0 }, failure: failure)
        }
    }
}

extension FetchRequest {
    static func to(
        _ url: String, role: FetchRole = .metadata, method: HTTPRequest.Method = .get, headers: HTTPFields = [:],
        attempts: Int = 1, limiterWait: Duration? = nil
    ) throws -> FetchRequest {
        FetchRequest(
            try WebAddress(parsing: url), role: role, method: method, headers: headers, maximumBodyBytes: 1 << 20,
            timeout: .seconds(60), maximumLimiterWait: limiterWait, maximumAttempts: attempts)
    }
}

extension Transport {
    /// Status and body.
    func fetch(_ request: FetchRequest) async throws -> (status: Int, body: String) {
        try await withResponse(to: request) { response in
            let body = String(buffer: try await response.body.collect())
            return (response.status.code, body)
        }
    }
}
