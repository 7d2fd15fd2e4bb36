import Hummingbird

/// Answers announced bodies that are too large at once; what still comes of them is thrown away unread.
struct BodyLimitMiddleware: RouterMiddleware {
    func handle(
        _ request: Request,
        context: WeirRequestContext,
        next: @concurrent (Request, WeirRequestContext) async throws -> Response
    ) async throws -> Response {
        if let length = request.headers[.contentLength].flatMap(Int.init), length > request.bodyLimit {
            throw Problem(
                .payloadTooLarge, "the body has \(length) bytes; at most \(request.bodyLimit) are accepted")
        }
        return try await next(request, context)
    }
}
