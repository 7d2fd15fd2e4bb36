import Fetching
import HTTPTypes
import NIOCore

/// The API behind a gateway, and what of it a request means.
struct GatewayOrigin: Sendable {
    let base: WebAddress
    /// The path that all paths of the API begin with, without a trailing slash; mostly empty.
    private let folder: String
    /// Host names of the gateway itself, besides the address of the connection.
    private let names: Set<String>

    /// - Parameters:
    ///   - text: the API's base URL.
    ///   - host: what the gateway listens on.
    /// - Throws: ``FetchError/invalidURL(_:)``.
    init(parsing text: String, host: String) throws(FetchError) {
        base = try WebAddress(parsing: text)
        guard base.target == base.path else { throw .invalidURL("has a query") }
        folder = base.path.hasSuffix("/") ? String(base.path.dropLast()) : base.path
        names = ["localhost", host]
    }

    /// Refuses an absolute target that is neither the origin's nor the gateway's own: a client that takes the gateway for a
    /// forward proxy would be given the origin's answers for those of other sites.
    ///
    /// - Parameter local: the gateway's end of the connection.
    /// - Throws: ``Problem``.
    func check(_ request: HTTPRequest, at local: SocketAddress?) throws(Problem) {
        guard let scheme = request.scheme, let authority = request.authority else { return }
        guard isMeant(by: scheme, authority, at: local) else {
            throw Problem(
                status: .misdirectedRequest, reason: "misdirected_request",
                detail: "an absolute target must name \(base.origin) or the address that the gateway listens on")
        }
    }

    /// Where a request goes, which is never another authority than the origin's, and never outside its base path.
    ///
    /// - Throws: ``Problem`` for a request that would lead elsewhere.
    func address(of request: HTTPRequest) throws(Problem) -> WebAddress {
        let address: WebAddress
        do {
            address = try WebAddress(parsing: base.origin + folder + (request.path ?? "/"))
        } catch {
            throw Problem(status: .badRequest, reason: error.reason, detail: error.detail ?? error.reason)
        }
        guard address.origin == base.origin, isInside(address.path) else {
            throw Problem(
                status: .badRequest, reason: "invalid_url", detail: "the target leads out of \(base.origin)\(folder)/")
        }
        return address
    }

    private func isMeant(by scheme: String, _ authority: String, at local: SocketAddress?) -> Bool {
        guard let named = try? WebAddress(parsing: "\(scheme)://\(authority)/") else { return false }
        if named.origin == base.origin { return true }
        guard scheme == "http", let local, named.port == local.port else { return false }
        guard let ip = local.ipAddress else { return names.contains(named.host) }
        return names.contains(named.host) || [ip, "[\(ip)]"].contains(named.host)
    }

    /// Whether a path stays in the base path for whoever resolves its dot segments; some decode slashes and dots first, or
    /// see parameters in segments.
    private func isInside(_ path: String) -> Bool {
        guard !folder.isEmpty else { return true }
        guard path.hasPrefix("\(folder)/") else { return path == folder }
        let decoded = path.dropFirst(folder.count).lowercased()
            .replacing("%2e", with: ".").replacing("%2f", with: "/").replacing("%5c", with: "/")
        var depth = 0
        for segment in decoded.split(whereSeparator: { "/\\".contains($0) }) {
            switch segment.prefix(while: { $0 != ";" }) {
            case ".": break
            case "..": depth -= 1
            default: depth += 1
            }
            if depth < 0 { return false }
        }
        return true
    }
}
