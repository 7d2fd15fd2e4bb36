import AsyncAlgorithms
import Fetching
import HTTPCaching
import HTTPTypes
import NIOCore
import RateLimiting
import Synchronization

/// The answer to a fetch on its way to a client, who gets it while it arrives.
///
/// The fetch has a task of its own, since it lends its response for the length of a call while the client is written to
/// by somebody else. The task ends when the answer is let go of, whether it was read or not.
final class PassingAnswer: Sendable {
    private let head: AsyncThrowingChannel<HTTPResponse, any Error>
    /// Reading it fails with what ended the fetch early.
    let body: AsyncThrowingChannel<ByteBuffer, any Error>
    private let fetching: Task<Void, Never>

    init(to request: FetchRequest, by transport: some Transport, limits: any LimitBackend) {
        let head = AsyncThrowingChannel<HTTPResponse, any Error>()
        let body = AsyncThrowingChannel<ByteBuffer, any Error>()
        self.head = head
        self.body = body
        fetching = Task {
            let hasBegun = Mutex(false)
            do {
                try await transport.withResponse(to: request) { response in
                    hasBegun.withLock { $0 = true }
                    await head.send(Self.passedOn(response))
                    head.finish()
                    for try await chunk in response.body { await body.send(chunk) }
                }
                body.finish()
            } catch {
                guard let error = error as? FetchError, !hasBegun.withLock({ $0 }) else {
                    // Once the head is out, the connection has to end early: so the client knows that this is not all.
                    head.fail(error)
                    return body.fail(error)
                }
                let (answer, text) = FetchProblem.answer(error, now: await limits.now())
                await head.send(answer)
                head.finish()
                await body.send(text)
                body.finish()
            }
        }
    }

    deinit { fetching.cancel() }

    /// Status and fields.
    ///
    /// - Throws: `CancellationError` when the fetch was given up.
    func begin() async throws -> HTTPResponse {
        var heads = head.makeAsyncIterator()
        guard let head = try await heads.next() else { throw CancellationError() }
        return head
    }

    func cancel() { fetching.cancel() }

    private static func passedOn(_ response: FetchResponse) -> HTTPResponse {
        var fields = ConnectionFields.removed(from: response.headers)
        addVia(&fields)
        return HTTPResponse(status: response.status, headerFields: fields)
    }

    /// RFC 9110, section 7.6.3.
    static func addVia(_ fields: inout HTTPFields) {
        guard let via = HTTPField.Name("Via") else { return }
        fields[via] = (fields[values: via] + ["1.1 weir"]).joined(separator: ", ")
    }
}
