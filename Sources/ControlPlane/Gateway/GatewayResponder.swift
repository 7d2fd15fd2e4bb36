import AsyncAlgorithms
import Fetching
import HTTPCaching
import HTTPTypes
import HummingbirdCore
import NIOCore
import RateLimiting

/// Passes requests on to the origin, through cache and limits, and what comes back to the client.
struct GatewayResponder: Sendable {
    let origin: GatewayOrigin
    let transport: any Transport
    let limits: any LimitBackend

    /// For a whole exchange; large bodies take their time.
    private static var timeout: Duration { .seconds(900) }

    @concurrent
    func respond(
        to request: Request, with writer: consuming ResponseWriter, on channel: any Channel
    ) async throws {
        let upload = Self.hasBody(request) ? Upload(request.body) : nil
        let outgoing: FetchRequest
        switch route(request, with: upload, at: channel.localAddress) {
        case .here(let head, let body):
            guard let body else { return try await writer.writeResponse(head) }
            return try await writer.write(response: head, body: ResponseBody(byteBuffer: body))
        case .origin(let request):
            outgoing = request
        }
        let answer = PassingAnswer(to: outgoing, by: transport, limits: limits, passesInterim: true)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await pass(answer, to: request, with: writer))
        } catch {
            outcome = .failure(error)
        }
        // What follows on the connection is read by others.
        await upload?.end()
        await answer.end()
        try outcome.get()
    }

    @concurrent
    private func pass(
        _ answer: PassingAnswer, to request: Request, with writer: consuming ResponseWriter
    ) async throws {
        let presence = ClientPresence.current
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

    private static func hasBody(_ request: Request) -> Bool {
        request.headers[.contentLength].map { Int64($0) != 0 } ?? request.headers.contains(.transferEncoding)
    }

    private enum Route {
        /// Answered by the gateway itself; without a body for HEAD.
        case here(HTTPResponse, ByteBuffer?)
        case origin(FetchRequest)
    }

    private func route(_ request: Request, with upload: Upload?, at local: SocketAddress?) -> Route {
        var fields = ConnectionFields.removed(from: request.headers)
        do throws(Problem) {
            try origin.check(request.head, at: local)
            if let own = try Self.ownAnswer(to: request, &fields) { return .here(own, nil) }
            let address = try origin.address(of: request.head)
            return .origin(Self.outgoing(request, address, fields, upload))
        } catch {
            let (head, body) = error.response(error.status == .methodNotAllowed ? [.allow: Self.methods] : [:])
            return .here(head, request.method == .head ? nil : body)
        }
    }

    private static func outgoing(
        _ request: Request, _ address: WebAddress, _ fields: HTTPFields, _ upload: Upload?
    ) -> FetchRequest {
        var fields = fields
        let length = fields[.contentLength].flatMap { Int64($0) }
        fields[.contentLength] = nil
        fields[.expect] = nil
        PassingAnswer.addVia(&fields)
        return FetchRequest(
            address, role: .metadata, method: request.method, headers: fields,
            body: upload.map { .stream(FetchBody($0), length: length) },
            maximumBodyBytes: .max, timeout: Self.timeout, client: "gateway")
    }
}

extension GatewayResponder {
    private static var methods: String { "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT" }

    /// The answer to what is asked of the gateway itself (RFC 9110, sections 7.6.2 and 9.3.7); counts `Max-Forwards` down for
    /// what is not.
    ///
    /// - Throws: ``Problem`` for TRACE, which would show fields that are not for everybody's eyes.
    private static func ownAnswer(to request: Request, _ fields: inout HTTPFields) throws(Problem) -> HTTPResponse? {
        guard request.method != .trace else {
            throw Problem(
                status: .methodNotAllowed, reason: "method_not_allowed", detail: "TRACE is not passed on")
        }
        guard request.method == .options else { return nil }
        let forwards = maxForwards.flatMap { fields[$0] }.flatMap { Int($0) }
        if request.head.path == "*" || forwards == 0 {
            return HTTPResponse(status: .noContent, headerFields: [.allow: methods])
        }
        if let forwards, forwards > 0, let name = maxForwards { fields[name] = String(forwards - 1) }
        return nil
    }

    private static var maxForwards: HTTPField.Name? { HTTPField.Name("Max-Forwards") }
}
