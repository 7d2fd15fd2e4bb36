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
    enum Event: Sendable {
        /// What the origin says before its answer (1xx).
        case interim(HTTPResponse)
        case start(Start)
    }

    enum Start: Sendable {
        /// Body and all.
        case whole(HTTPResponse, ByteBuffer)
        /// Status and fields; the body follows in ``PassingAnswer/body``.
        case begun(HTTPResponse)
    }

    private let start: AsyncThrowingStream<Event, any Error>
    /// Reading it fails with what ended the fetch early.
    let body: AsyncThrowingChannel<ByteBuffer, any Error>
    private let fetching: Task<Void, Never>

    /// - Parameter passesInterim: whether the client shall get what comes before the answer.
    init(
        to request: FetchRequest, by transport: some Transport, limits: any LimitBackend, passesInterim: Bool = false
    ) {
        let (start, starting) = AsyncThrowingStream.makeStream(of: Event.self)
        var request = request
        if passesInterim {
            request.onInterim = { head in
                let fields = ConnectionFields.removed(from: head.headerFields)
                starting.yield(.interim(HTTPResponse(status: head.status, headerFields: fields)))
            }
        }
        let body = AsyncThrowingChannel<ByteBuffer, any Error>()
        self.start = start
        self.body = body
        // What is at hand is there before the task waits for anything.
        fetching = Task.immediate { [request] in
            let hasBegun = Mutex(false)
            do {
                try await transport.withResponse(to: request) { response in
                    hasBegun.withLock { $0 = true }
                    let head = Self.passedOn(response)
                    if let bytes = response.body.buffer {
                        starting.yield(.start(.whole(head, bytes)))
                    } else {
                        starting.yield(.start(.begun(head)))
                        for try await chunk in response.body { await body.send(chunk) }
                    }
                }
                starting.finish()
                body.finish()
            } catch {
                if let error = error as? FetchError, !hasBegun.withLock({ $0 }) {
                    let (head, text) = Problem(error, now: await limits.now()).response()
                    starting.yield(.start(.whole(head, text)))
                    return starting.finish()
                }
                // Once the head is out, the connection has to end early: so the client knows that this is not all.
                starting.finish(throwing: error)
                body.fail(error)
            }
        }
    }

    deinit { fetching.cancel() }

    /// Waits until the answer begins.
    ///
    /// - Throws: `CancellationError` when the fetch was given up.
    func begin() async throws -> Start {
        while true {
            if case .start(let start) = try await next() { return start }
        }
    }

    /// Waits until there is something to pass on.
    ///
    /// - Throws: `CancellationError` when the fetch was given up.
    func next() async throws -> Event {
        var events = start.makeAsyncIterator()
        guard let event = try await events.next() else { throw CancellationError() }
        return event
    }

    func cancel() { fetching.cancel() }

    /// Cancels the fetch and returns when it holds nothing any more.
    func end() async {
        fetching.cancel()
        await fetching.value
    }

    private static func passedOn(_ response: FetchResponse) -> HTTPResponse {
        var fields = response.headers
        addVia(&fields)
        return HTTPResponse(status: response.status, headerFields: fields)
    }

    /// RFC 9110, section 7.6.3.
    static func addVia(_ fields: inout HTTPFields) {
        guard let via = HTTPField.Name("Via") else { return }
        fields[via] = (fields[values: via] + ["1.1 weir"]).joined(separator: ", ")
    }
}
