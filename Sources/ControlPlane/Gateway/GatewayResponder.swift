import AsyncAlgorithms
import Fetching
import HTTPCaching
import HTTPTypes
import HummingbirdCore
import NIOCore
import RateLimiting
import Synchronization

/// Passes requests on to the origin, through cache and limits, and what comes back to the client.
struct GatewayResponder<Upstream: Transport>: Sendable {
    /// Without a trailing slash.
    let origin: String
    let transport: Upstream
    let limits: any LimitBackend

    /// For a whole exchange; large bodies take their time.
    private static var timeout: Duration { .seconds(900) }

    private enum Part: Sendable {
        case head(HTTPResponse)
        case chunk(ByteBuffer)
    }

    @concurrent
    func respond(
        to request: Request, with writer: consuming ResponseWriter, on channel: any Channel
    ) async throws {
        let parts = AsyncThrowingChannel<Part, any Error>()
        // Fetching and answering go on side by side, and end together. A writer that cannot be copied cannot go into a task
        // group either, so both tasks are cancelled by hand.
        let fetching = Task { await fetch(request, into: parts) }
        defer { fetching.cancel() }
        let presence = try? await channel.pipeline.handler(type: ClientPresence.self).get()
        let watching = Task {
            await presence?.gone()
            if presence != nil { fetching.cancel() }
        }
        defer { watching.cancel() }
        var iterator = parts.makeAsyncIterator()
        guard case .head(let head) = try await iterator.next() else { throw CancellationError() }
        guard request.method != .head, head.status != .notModified, head.status != .noContent else {
            // To its end, empty as it is: only what is whole is stored.
            for try await _ in parts {}
            return try await writer.writeResponse(head)
        }
        try await writer.write(
            response: head,
            body: ResponseBody { writer in
                for try await part in parts {
                    if case .chunk(let bytes) = part { try await writer.write(bytes) }
                }
                try await writer.finish(nil)
            })
    }

    private func fetch(_ request: Request, into parts: AsyncThrowingChannel<Part, any Error>) async {
        let isAnswered = Mutex(false)
        do {
            let outgoing = try outgoing(request)
            try await transport.withResponse(to: outgoing) { response in
                isAnswered.withLock { $0 = true }
                await parts.send(.head(Self.passedOn(response)))
                for try await chunk in response.body { await parts.send(.chunk(chunk)) }
            }
            parts.finish()
        } catch let error as FetchError {
            // Once the head is out, the connection has to end early: so the client knows that this is not all.
            guard !isAnswered.withLock({ $0 }) else { return parts.fail(error) }
            let (head, body) = GatewayProblem.answer(error, now: await limits.now())
            await parts.send(.head(head))
            await parts.send(.chunk(body))
            parts.finish()
        } catch {
            parts.fail(error)
        }
    }

    private func outgoing(_ request: Request) throws(FetchError) -> FetchRequest {
        let address = try WebAddress(parsing: origin + (request.head.path ?? "/"))
        var fields = ConnectionFields.removed(from: request.headers)
        let length = fields[.contentLength].flatMap { Int64($0) }
        fields[.contentLength] = nil
        fields[.expect] = nil
        if let host = HTTPField.Name("Host") { fields[host] = nil }
        Self.addVia(&fields)
        let hasBody = length.map { $0 > 0 } ?? request.headers.contains(.transferEncoding)
        return FetchRequest(
            address, role: .metadata, method: request.method, headers: fields,
            body: hasBody ? .stream(FetchBody(request.body), length: length) : nil,
            maximumBodyBytes: .max, timeout: Self.timeout, client: "gateway")
    }

    private static func passedOn(_ response: FetchResponse) -> HTTPResponse {
        var fields = ConnectionFields.removed(from: response.headers)
        addVia(&fields)
        return HTTPResponse(status: response.status, headerFields: fields)
    }

    /// RFC 9110, section 7.6.3.
    private static func addVia(_ fields: inout HTTPFields) {
        guard let via = HTTPField.Name("Via") else { return }
        fields[via] = (fields[values: via] + ["1.1 weir"]).joined(separator: ", ")
    }
}
