import Foundation

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
        let spelt = text.contains("://") ? text : "http://\(text)"
        guard let url = URL(string: spelt), url.scheme?.lowercased() == "http", let host = url.host(), !host.isEmpty,
            ["", "/"].contains(url.path()), url.query() == nil
        else { return nil }
        self.host = host
        port = url.port ?? 80
        credentials = url.user(percentEncoded: false).map { user in
            Credentials(user: user, password: url.password(percentEncoded: false) ?? "")
        }
    }

    /// Without credentials.
    package var description: String { "http://\(host):\(port)" }
}
