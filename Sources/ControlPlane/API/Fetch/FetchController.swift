import AsyncAlgorithms
import Fetching
import Hummingbird
import RateLimiting

/// `POST /v1/fetch`: the polite transport for programs that are no part of a harvest.
struct FetchController: Sendable {
    /// Redirects are followed.
    let transport: any Transport
    let limits: any LimitBackend
    let isEnabled: Bool

    func addRoutes(to routes: RouteTable) {
        routes.on(.post, "/v1/fetch", requires: .fetch) { request, _ in try await fetch(request) }
    }

    private func fetch(_ request: Request) async throws -> Response {
        guard isEnabled else {
            throw Problem(
                .fetchDisabled, "this service fetches for nobody; start it with --fetch-enabled to change that")
        }
        let order = try await request.json(FetchOrder.self).request()
        let answer = PassingAnswer(to: order, by: transport, limits: limits)
        let start = try await ClientPresence.whileConnected { try await answer.begin() }
        let (head, body): (HTTPResponse, ResponseBody) =
            switch start {
            case .whole(let head, let bytes): (head, ResponseBody(byteBuffer: bytes))
            case .begun(let head):
                (
                    head,
                    ResponseBody { writer in
                        for try await chunk in answer.body { try await writer.write(chunk) }
                        try await writer.finish(nil)
                    }
                )
            }
        var fields = ForeignFields.harmless(head.headerFields)
        // What a HEAD would have had has no place in front of an answer without a body.
        if order.method == .head { fields[.contentLength] = nil }
        return Response(status: head.status, headers: fields, body: body)
    }
}
