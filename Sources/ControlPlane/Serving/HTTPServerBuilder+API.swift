import HummingbirdCore

extension HTTPServerBuilder {
    /// Of routes that answer problems as ``ProblemMiddleware`` writes them.
    static var api: HTTPServerBuilder {
        HTTPServerBuilder { responder in
            ServerChannel(refusal: RequestLogMiddleware.response(to:), responder: responder)
        }
    }
}
