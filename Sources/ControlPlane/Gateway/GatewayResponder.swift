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

    @concurrent
    func respond(
        to request: Request, with writer: consuming ResponseWriter, on channel: any Channel
    ) async throws {
        let outgoing: FetchRequest
        do {
            outgoing = try self.outgoing(request)
        } catch {
            let (head, body) = FetchProblem.answer(error, now: await limits.now())
            return try await writer.write(response: head, body: ResponseBody(byteBuffer: body))
        }
        let answer = PassingAnswer(to: outgoing, by: transport, limits: limits, passesInterim: true)
        defer { answer.cancel() }
        let presence = try? await channel.pipeline.handler(type: ClientPresence.self).get()
        // A writer that cannot be copied cannot go into a task group, so this task is cancelled by hand.
        let watching = Task {
            await presence?.gone()
            if presence != nil { answer.cancel() }
        }
        defer { watching.cancel() }
        var event = try await answer.next()
        while case .interim(let interim) = event {
            try await writer.writeInformationalHead(interim)
            event = try await answer.next()
        }
        guard case .start(let start) = event else { return }
        let head: HTTPResponse
        switch start {
        case .whole(let whole, let bytes):
            guard !Self.hasNoBody(whole, to: request) else { return try await writer.writeResponse(whole) }
            return try await writer.write(response: whole, body: ResponseBody(byteBuffer: bytes))
        case .begun(let begun):
            head = begun
        }
        guard !Self.hasNoBody(head, to: request) else {
            // To its end, empty as it is: only what is whole is stored.
            for try await _ in answer.body {}
            return try await writer.writeResponse(head)
        }
        try await writer.write(
            response: head,
            body: ResponseBody { writer in
                for try await chunk in answer.body { try await writer.write(chunk) }
                try await writer.finish(nil)
            })
    }

    private static func hasNoBody(_ head: HTTPResponse, to request: Request) -> Bool {
        request.method == .head || head.status == .notModified || head.status == .noContent
    }

    private func outgoing(_ request: Request) throws(FetchError) -> FetchRequest {
        let address = try WebAddress(parsing: origin + (request.head.path ?? "/"))
        var fields = ConnectionFields.removed(from: request.headers)
        let length = fields[.contentLength].flatMap { Int64($0) }
        fields[.contentLength] = nil
        fields[.expect] = nil
        if let host = HTTPField.Name("Host") { fields[host] = nil }
        PassingAnswer.addVia(&fields)
        let hasBody = length.map { $0 > 0 } ?? request.headers.contains(.transferEncoding)
        return FetchRequest(
            address, role: .metadata, method: request.method, headers: fields,
            body: hasBody ? .stream(FetchBody(request.body), length: length) : nil,
            maximumBodyBytes: .max, timeout: Self.timeout, client: "gateway")
    }
}
