import FoundationEssentials
import RateLimiting

/// An absolute http or https URL that can be fetched: valid host, no credentials, no fragment.
package struct WebAddress: Hashable, Sendable {
    private let url: URL
    /// The text to send and to compare: scheme and host in lower case, default port and fragment dropped.
    package let text: String
    /// Lower-case name of the upstream, without port.
    package let host: String

    /// URLs longer than this are refused.
    package static let maximumLength = 8192

    /// - Throws: ``FetchError/invalidURL(_:)`` with the reason.
    package init(parsing text: String) throws(FetchError) {
        guard text.utf8.count <= Self.maximumLength else {
            throw .invalidURL("is longer than \(Self.maximumLength) bytes")
        }
        guard let url = URL(string: Self.trimmed(text)) else { throw .invalidURL("is not a URL") }
        try self.init(url)
    }

    private init(_ url: URL) throws(FetchError) {
        guard var parts = URLComponents(url: url.absoluteURL, resolvingAgainstBaseURL: true),
            let scheme = parts.scheme?.lowercased(), scheme == "http" || scheme == "https"
        else { throw .invalidURL("is neither http nor https") }
        guard let name = parts.encodedHost, let host = HostName.normalized(name) else {
            throw .invalidURL("has no valid host")
        }
        parts.scheme = scheme
        parts.encodedHost = host
        parts.user = nil
        parts.password = nil
        parts.fragment = nil
        if parts.port == (scheme == "http" ? 80 : 443) { parts.port = nil }
        if parts.percentEncodedPath.isEmpty { parts.percentEncodedPath = "/" }
        guard let clean = parts.url else { throw .invalidURL("is not a URL") }
        self.url = clean
        text = clean.absoluteString
        self.host = host
    }

    /// Scheme, host and port: what credentials and robots.txt belong to (RFC 6454).
    package var origin: String { "\(isSecure ? "https" : "http")://\(authority)" }

    var isSecure: Bool { url.scheme == "https" }

    /// Host, and port where it is not the scheme's own.
    package var authority: String { url.port.map { "\(host):\($0)" } ?? host }

    /// The port to connect to.
    package var port: Int { url.port ?? (isSecure ? 443 : 80) }

    /// Path and query as they are sent.
    package var target: String { path + (url.query(percentEncoded: true).map { "?\($0)" } ?? "") }

    /// The path without its query, percent-encoded.
    package var path: String { url.path(percentEncoded: true) }

    /// What `reference` means on this page.
    ///
    /// - Throws: ``FetchError/invalidURL(_:)`` when it leads nowhere that can be fetched.
    package func resolving(_ reference: String) throws(FetchError) -> WebAddress {
        guard reference.utf8.count <= Self.maximumLength,
            let target = URL(string: Self.trimmed(reference), relativeTo: url)
        else {
            throw .invalidURL("is not a URL")
        }
        return try WebAddress(target)
    }

    /// HTML and people put white space around URLs; it is no part of them.
    private static func trimmed(_ text: String) -> String {
        let start = text.drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }

    /// Without the query items that only tell a site where its visitors come from (`utm_*`, `gclid`, `fbclid`).
    package var withoutTrackers: WebAddress {
        guard var parts = URLComponents(url: url, resolvingAgainstBaseURL: false),
            let items = parts.percentEncodedQueryItems
        else { return self }
        let kept = items.filter { item in
            !(item.name.hasPrefix("utm_") || item.name == "gclid" || item.name == "fbclid")
        }
        guard kept.count < items.count else { return self }
        parts.percentEncodedQueryItems = kept.isEmpty ? nil : kept
        guard let url = parts.url, let clean = try? WebAddress(url) else { return self }
        return clean
    }
}
