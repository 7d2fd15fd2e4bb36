import Hummingbird

/// The routes of the service, and for each path the methods it knows: the others get a 405 that names these.
final class RouteTable {
    typealias Handler = @Sendable (Request, WeirRequestContext) async throws -> Response

    private let router: Router<WeirRequestContext>
    private(set) var methods: [String: [HTTPRequest.Method]] = [:]
    /// What each route requires, by method and path, such as `GET /v1/usage`.
    private(set) var permissions: [String: Permission] = [:]

    /// All that SwiftNIO's parser knows, but for CONNECT: requests with others never come here.
    private static let knownMethods: [HTTPRequest.Method] =
        [.get, .head, .post, .put, .patch, .delete, .options, .trace]
        + [
            "ACL", "BIND", "CHECKOUT", "COPY", "LINK", "LOCK", "MERGE", "MKACTIVITY", "MKCALENDAR", "MKCOL", "MOVE",
            "M-SEARCH", "MSEARCH", "NOTIFY", "PROPFIND", "PROPPATCH", "PURGE", "QUERY", "REBIND", "REPORT", "SEARCH",
            "SOURCE", "SUBSCRIBE", "UNBIND", "UNLINK", "UNLOCK", "UNSUBSCRIBE",
        ].compactMap { HTTPRequest.Method($0) }

    init(router: Router<WeirRequestContext>) {
        self.router = router
    }

    /// - Parameters:
    ///   - permission: what a caller needs; as long as nobody authenticates, every caller has every permission.
    ///   - maximumBodyBytes: what a body may have; a larger one is refused before it is read.
    func on(
        _ method: HTTPRequest.Method, _ path: String, requires permission: Permission,
        maximumBodyBytes: Int = Request.maximumBodyBytes, handler: @escaping Handler
    ) {
        let handler: Handler = { request, context in
            try request.checkBounds(bodyBytes: maximumBodyBytes)
            return try await handler(request, context)
        }
        router.on(RouterPath(path), method: method, use: handler)
        methods[path, default: []].append(method)
        permissions["\(method) \(path)"] = permission
        if method == .get {
            // What can be read can be asked about.
            router.on(RouterPath(path), method: .head) { request, context in
                try await handler(request, context).createHeadResponse()
            }
        }
    }

    /// Answers the methods that no handler was given for. Call once, after all routes.
    func refuseOtherMethods() {
        for (path, known) in methods {
            let allowed = known.contains(.get) ? known + [.head] : known
            let allow = allowed.map(\.rawValue).sorted().joined(separator: ", ")
            for method in Self.knownMethods where !allowed.contains(method) {
                router.on(RouterPath(path), method: method) { _, _ -> Response in
                    throw Problem(
                        .methodNotAllowed, "\(path) answers \(allow), not \(method.rawValue)", headers: [.allow: allow])
                }
            }
        }
    }
}
