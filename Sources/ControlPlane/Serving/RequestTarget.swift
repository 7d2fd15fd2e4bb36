import HTTPTypes

/// What a request is about, in one of the forms of RFC 9112, section 3.2, but for that of CONNECT.
struct RequestTarget: Hashable, Sendable {
    /// `nil` where the target is a path only.
    let scheme: String?
    /// `nil` where the target is a path only; not empty, without user information.
    let authority: String?
    /// With its query; begins with a slash, or is `*`.
    let path: String

    /// - Throws: ``Problem`` where it has none of these forms.
    init(parsing text: String, of method: HTTPRequest.Method) throws(Problem) {
        // A byte that is no UTF-8 has become a replacement character on its way, and would mean another resource.
        guard !text.utf8.contains(UInt8(ascii: "#")), !text.unicodeScalars.contains("\u{FFFD}") else {
            throw Self.malformed("has a character that must be percent-encoded")
        }
        if text.utf8.first == UInt8(ascii: "/") || text == "*" && method == .options {
            (scheme, authority, path) = (nil, nil, text)
            return
        }
        guard let scheme = ["http", "https"].first(where: { text.lowercased().hasPrefix("\($0)://") }) else {
            throw Self.malformed("must begin with a slash, or be an http or https URL")
        }
        let rest = text.utf8.dropFirst(scheme.utf8.count + 3)
        let name = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        guard !name.isEmpty, !name.contains(UInt8(ascii: "@")) else {
            throw Self.malformed("must name a host, and no user")
        }
        self.scheme = scheme
        authority = String(Substring(name))
        let path = String(Substring(rest.dropFirst(name.count)))
        self.path =
            switch path.utf8.first {
            case UInt8(ascii: "/"): path
            // RFC 9112, section 3.2.4.
            case nil: method == .options ? "*" : "/"
            default: "/\(path)"
            }
    }

    private static func malformed(_ why: String) -> Problem {
        Problem(.malformedRequest, "the request's target \(why)")
    }
}
