import Testing

/// A request as its bytes, and what every server must do with it.
struct RequestCase: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let bytes: String
    /// The statuses that are right.
    let statuses: Set<Int>
    /// The problem of a refusal.
    var problem: String?
    /// Whether the connection ends with the response.
    var closes = true

    private static func refused(
        _ name: String, _ bytes: String, _ status: Int = 400, _ problem: String = "malformed_request"
    ) -> Self {
        Self(testDescription: name, bytes: bytes, statuses: [status], problem: problem)
    }

    private static func fine(_ name: String, _ bytes: String, closes: Bool = false) -> Self {
        Self(testDescription: name, bytes: bytes, statuses: [200, 404, 405], closes: closes)
    }

    private static func get(_ fields: String..., host: String = "Host: a\r\n") -> String {
        "GET /healthz HTTP/1.1\r\n\(host)" + fields.map { "\($0)\r\n" }.joined() + "\r\n"
    }

    private static func post(_ fields: String..., body: String = "") -> String {
        "POST /healthz HTTP/1.1\r\nHost: a\r\n" + fields.map { "\($0)\r\n" }.joined() + "\r\n" + body
    }

    static let all: [Self] = heads + targets + bodies + expectations + versions

    private static let heads: [Self] = [
        fine("a plain request", get()),
        fine("one that closes", get("Connection: close"), closes: true),
        fine("one that closes, in capitals and among others", get("Connection: x, Close"), closes: true),
        fine("one for another protocol", get("Connection: Upgrade", "Upgrade: h2c"), closes: true),
        refused("no Host", get(host: "")),
        refused("two Hosts", get("Host: b")),
        refused("the same Host twice", get("Host: a")),
        refused("Hosts in a list", get(host: "Host: a, b\r\n")),
        refused("a Host with a path", get(host: "Host: a/b\r\n")),
        refused("a Host with a user", get(host: "Host: me@a\r\n")),
        fine("an empty Host", get(host: "Host:\r\n")),
        fine("a Host with a port", get(host: "Host: [::1]:8080\r\n")),
        refused("a line feed alone at the end of a line", "GET / HTTP/1.1\nHost: a\n\n"),
        refused("a folded field", get("X-A: b\r\n c")),
        refused("a field with a space before its colon", get("X-A : b")),
        refused("a field without a colon", get("X-A")),
        refused("a field without a name", get(": b")),
        refused("NUL in a field", get("X-A: b\0c")),
        refused("CR in a field", get("X-A: b\rc")),
        refused("no HTTP at all", "\u{16}\u{3}\u{1} hello\r\n\r\n"),
        refused("an unknown method", "FROBNICATE /healthz HTTP/1.1\r\nHost: a\r\n\r\n"),
        refused(
            "a field that is too long", get("X-A: " + String(repeating: "a", count: 90_000)), 431, "fields_too_large"),
        refused(
            "fields that are too long together",
            get((0..<20).map { "X-\($0): " + String(repeating: "a", count: 5_000) }.joined(separator: "\r\n")), 431,
            "fields_too_large"),
        refused(
            "too many fields", get((0..<1_100).map { "X-\($0): a" }.joined(separator: "\r\n")), 431, "fields_too_large"),
        refused(
            "a target that is too long",
            "GET /\(String(repeating: "a", count: 90_000)) HTTP/1.1\r\nHost: a\r\n\r\n", 431, "fields_too_large"),
    ]

    private static let targets: [Self] = [
        refused("a target with a space", "GET /heal thz HTTP/1.1\r\nHost: a\r\n\r\n"),
        refused("a target that is no path", "GET healthz HTTP/1.1\r\nHost: a\r\n\r\n"),
        refused("a target of another scheme", "GET ftp://a/healthz HTTP/1.1\r\nHost: a\r\n\r\n"),
        refused("a target without a host", "GET http:///healthz HTTP/1.1\r\nHost: a\r\n\r\n"),
        refused("a target with a fragment", "GET /healthz#a HTTP/1.1\r\nHost: a\r\n\r\n"),
        refused("an asterisk for another method", "GET * HTTP/1.1\r\nHost: a\r\n\r\n"),
        refused("CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 501, "not_implemented"),
        refused(
            "CONNECT with a body", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", 501,
            "not_implemented"),
        Self(
            testDescription: "TRACE", bytes: "TRACE /healthz HTTP/1.1\r\nHost: a\r\n\r\n", statuses: [405],
            problem: "method_not_allowed", closes: false),
    ]

    private static let bodies: [Self] = [
        fine("a body", post("Content-Length: 3", body: "abc")),
        fine("a body in chunks", post("Transfer-Encoding: chunked", body: "3\r\nabc\r\n0\r\n\r\n")),
        fine(
            "chunks with extensions and trailers",
            post("Transfer-Encoding: chunked", body: "3;a=b\r\nabc\r\n0\r\nX-T: 1\r\n\r\n")),
        refused(
            "Transfer-Encoding and Content-Length",
            post("Transfer-Encoding: chunked", "Content-Length: 3", body: "0\r\n\r\n")),
        refused(
            "Content-Length and Transfer-Encoding",
            post("Content-Length: 3", "Transfer-Encoding: chunked", body: "0\r\n\r\n")),
        refused("another Transfer-Encoding", post("Transfer-Encoding: gzip", body: "abc"), 501, "not_implemented"),
        refused("two codings", post("Transfer-Encoding: gzip, chunked", body: "0\r\n\r\n"), 501, "not_implemented"),
        refused(
            "the same coding twice", post("Transfer-Encoding: chunked", "Transfer-Encoding: chunked", body: "0\r\n\r\n")
        ),
        refused("a coding that is not the last", post("Transfer-Encoding: chunked, gzip", body: "0\r\n\r\n")),
        refused("two lengths", post("Content-Length: 3", "Content-Length: 4", body: "abcd")),
        refused("the same length twice", post("Content-Length: 3", "Content-Length: 3", body: "abc")),
        refused("lengths in a list", post("Content-Length: 3, 3", body: "abc")),
        refused("a negative length", post("Content-Length: -3", body: "abc")),
        refused("a length with a sign", post("Content-Length: +3", body: "abc")),
        refused("a length in words", post("Content-Length: three", body: "abc")),
        refused("a length of twenty digits", post("Content-Length: 99999999999999999999", body: "abc")),
    ]

    private static let expectations: [Self] = [
        refused(
            "another expectation", post("Expect: 200-ok", "Content-Length: 3", body: "abc"), 417, "expectation_failed"),
        fine("an expectation without a body", get("Expect: 100-continue")),
    ]

    private static let versions: [Self] = [
        fine("HTTP/1.0", "GET /healthz HTTP/1.0\r\n\r\n", closes: true),
        fine("HTTP/1.0 that would stay", "GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", closes: true),
        refused("HTTP/1.0 in chunks", "POST /healthz HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        refused("HTTP/1.0 with two Hosts", "GET /healthz HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"),
        refused("HTTP/3", "GET /healthz HTTP/3.0\r\nHost: a\r\n\r\n"),
        refused("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        refused("HTTP/0.9", "GET /healthz\r\n\r\n"),
    ]
}
