/// An absolute http or https URL that can be fetched: valid host, no user, no fragment, no dot segments, and nothing that
/// is invalid in a URL (RFC 3986), so that whoever reads ``text`` again reads the same.
package struct WebAddress: Sendable {
    /// The text to send and to compare: scheme and host in lower case, default port dropped.
    package let text: String
    /// Of the upstream, without port: a lower-case name, an IPv4 address as four decimal numbers, or an IPv6 address as
    /// RFC 5952 writes it, without brackets.
    package let host: String
    /// The port to connect to, 1 to 65535.
    package let port: Int
    package let isSecure: Bool
    /// The path without its query, percent-encoded.
    package let path: String
    /// What follows the question mark, percent-encoded; `nil` where there is none.
    package let query: String?

    /// URLs longer than this are refused, as they come and as they are sent.
    package static let maximumLength = 8192

    init(isSecure: Bool, host: String, port: Int, path: String, query: String?) throws(FetchError) {
        self.isSecure = isSecure
        self.host = host
        self.port = port
        self.path = path
        self.query = query
        text = Self.origin(isSecure, Self.authority(isSecure, host, port)) + Self.target(path, query)
        guard text.utf8.count <= Self.maximumLength else { throw Self.tooLong }
    }

    static var tooLong: FetchError { .invalidURL("is longer than \(maximumLength) bytes") }

    /// Scheme, host and port: what credentials and robots.txt belong to (RFC 6454).
    package var origin: String { Self.origin(isSecure, authority) }

    /// Host, and port where it is not the scheme's own.
    package var authority: String { Self.authority(isSecure, host, port) }

    /// Path and query as they are sent.
    package var target: String { Self.target(path, query) }

    private static func origin(_ isSecure: Bool, _ authority: String) -> String {
        "\(isSecure ? "https" : "http")://\(authority)"
    }

    private static func authority(_ isSecure: Bool, _ host: String, _ port: Int) -> String {
        let host = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        return port == defaultPort(isSecure) ? host : "\(host):\(port)"
    }

    private static func target(_ path: String, _ query: String?) -> String {
        query.map { "\(path)?\($0)" } ?? path
    }

    static func defaultPort(_ isSecure: Bool) -> Int { isSecure ? 443 : 80 }

    /// Without the query items that only tell a site where its visitors come from (`utm_*`, `gclid`, `fbclid`).
    package var withoutTrackers: WebAddress {
        guard let query else { return self }
        let items = query.split(separator: "&", omittingEmptySubsequences: false)
        let kept = items.filter { item in
            let name = item.prefix { $0 != "=" }
            return !(name.hasPrefix("utm_") || name == "gclid" || name == "fbclid")
        }
        guard kept.count < items.count else { return self }
        let rest = kept.isEmpty ? nil : kept.joined(separator: "&")
        let clean = try? WebAddress(isSecure: isSecure, host: host, port: port, path: path, query: rest)
        return clean ?? self
    }
}

extension WebAddress: Hashable {
    package static func == (one: WebAddress, other: WebAddress) -> Bool { one.text == other.text }

    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
