/// An HTTP proxy, and what it wants to know of who uses it.
package struct Proxy: Hashable, Sendable, CustomStringConvertible {
    let host: String
    let port: Int
    /// Secret.
    let credentials: Credentials?

    struct Credentials: Hashable, Sendable {
        let user: String
        let password: String
    }

    /// Reads `http://proxy.example.org:3128`, with `user:password@` where it needs them; the scheme may be left out.
    ///
    /// `nil` for what is no HTTP proxy.
    package init?(parsing text: String) {
        guard let reference = try? WebReference(text.contains("://") ? text : "http://\(text)"),
            reference.scheme == "http", let authority = reference.authority, reference.query == nil,
            reference.path.isEmpty || reference.path.elementsEqual("/".utf8)
        else { return nil }
        let userEnd = authority.lastIndex(of: UInt8(ascii: "@"))
        let place = userEnd.map { authority[($0 + 1)...] } ?? authority
        guard let place = try? WebAuthority(place, defaultPort: 80) else { return nil }
        host = place.host
        port = place.port
        credentials = userEnd.map { Credentials(authority[..<$0]) }
    }

    /// Without credentials.
    package var description: String { "http://\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}

extension Proxy.Credentials {
    fileprivate init(_ text: ArraySlice<UInt8>) {
        let name = text.prefix { $0 != UInt8(ascii: ":") }
        user = String(decoding: name.percentDecoded, as: UTF8.self)
        password = String(decoding: text[name.endIndex...].dropFirst().percentDecoded, as: UTF8.self)
    }
}
