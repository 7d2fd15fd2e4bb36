import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Names the request and its caller, and writes one line about it when it is answered.
struct RequestLogMiddleware: RouterMiddleware {
    private static let requestIDField = HTTPField.Name("X-Request-Id")

    func handle(
        _ request: Request,
        context: WeirRequestContext,
        next: @concurrent (Request, WeirRequestContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        let given = Self.requestIDField.flatMap { request.headers[$0] }
        context.requestID = given.flatMap(Self.accepted) ?? Self.made()
        context.caller = Caller(of: request, at: context.channel.remoteAddress)
        context.logger[metadataKey: "hb.request.id"] = nil
        context.logger[metadataKey: "request_id"] = "\(context.requestID)"
        let path = request.uri.path.split(separator: "/")
        if path.count > 2, path[0] == "v1", path[1] == "jobs" {
            context.logger[metadataKey: "job"] = "\(path[2].prefix(64))"
        }
        let started = ContinuousClock.now
        var response = try await next(request, context)
        if let field = Self.requestIDField { response.headers[field] = context.requestID }
        let elapsed = (ContinuousClock.now - started).components
        context.logger.info(
            "request",
            metadata: [
                "stage": "http",
                "method": "\(request.method.rawValue)",
                "path": "\(request.uri.path)",
                "status": .stringConvertible(response.status.code),
                "duration_ms": .stringConvertible(
                    Int(elapsed.seconds) * 1000 + Int(elapsed.attoseconds / 1_000_000_000_000_000)),
            ])
        return response
    }

    /// The response to a request that came no further than its head.
    static func response(to problem: Problem) -> (HTTPResponse, ByteBuffer) {
        var problem = problem
        let id = made()
        problem.requestID = id
        return problem.response(requestIDField.map { [$0: id] } ?? [:])
    }

    /// Foreign ids are taken over only when they are short and printable: they end up in logs and answers.
    private static func accepted(_ id: String) -> String? {
        (1...128).contains(id.utf8.count) && id.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? id : nil
    }

    private static func made() -> String {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
