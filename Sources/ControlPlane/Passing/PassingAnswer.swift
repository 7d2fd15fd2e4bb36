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
    enum Start: Sendable {
        /// Body and all.
        case whole(HTTPResponse, ByteBuffer)
        /// Status and fields; the body follows in ``PassingAnswer/body``.
        case begun(HTTPResponse)
    }

    private let start: AsyncThrowingStream<Start, any Error>
    /// Reading it fails with what ended the fetch early.
    let body: AsyncThrowingChannel<ByteBuffer, any Error>
    private let fetching: Task<Void, Never>

    init(to request: FetchRequest, by transport: some Transport, limits: any LimitBackend) {
        let (start, starting) = AsyncThrowingStream.makeStream(of: Start.self)
        let body = AsyncThrowingChannel<ByteBuffer, any Error>()
        self.start = start
        self.body = body
        // What is at hand is there before the task waits for anything.
        fetching = Task.immediate {
            let hasBegun = Mutex(false)
            do {
                try await transport.withResponse(to: request) { response in
                    hasBegun.withLock { $0 = true }
                    let head = Self.passedOn(response)
                    if let bytes = response.body.buffer {
                        starting.yield(.whole(head, bytes))
                    } else {
                        starting.yield(.begun(head))
                        for try await chunk in response.body { await body.send(chunk) }
                    }
                }
                starting.finish()
                body.finish()
            } catch {
                if let error = error as? FetchError, !hasBegun.withLock({ $0 }) {
                    let (head, text) = FetchProblem.answer(error, now: await limits.now())
                    starting.yield(.whole(head, text))
                    return starting.finish()
                }
                // Once the head is out, the connection has to end early: so the client knows that this is not all.
                starting.finish(throwing: error)
                body.fail(error)
            }
        }
    }

    deinit { fetching.cancel() }

    /// Waits until there is something to pass on.
    ///
    /// - Throws: `CancellationError` when the fetch was given up.
    func begin() async throws -> Start {
        var starts = start.makeAsyncIterator()
        guard let start = try await starts.next() else { throw CancellationError() }
        return start
    }

    func cancel() { fetching.cancel() }

    /// Cancels the fetch and returns when it holds nothing any more.
    func end() async {
        fetching.cancel()
        await fetching.value
    }

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
