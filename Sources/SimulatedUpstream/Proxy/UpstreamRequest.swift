import HTTPTypes

/// A request as the simulated hosts see it.
struct UpstreamRequest: Sendable {
    let method: HTTPRequest.Method
    let host: String
    /// Path and query, as sent.
    let target: String
    let headers: HTTPFields

    init(_ head: HTTPRequest) {
        method = head.method
        host = URLKey.hostName(head.authority ?? "")
        target = head.path ?? "/"
        headers = head.headerFields
    }

    var path: Substring { target.prefix { $0 != "?" } }

    /// Decoded query items in their order.
    var query: [(name: String, value: String)] {
        guard let mark = target.firstIndex(of: "?") else { return [] }
        return target[target.index(after: mark)...].split(separator: "&").map { item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (
                PercentEncoding.decode(parts[0], plusIsSpace: true),
                parts.count == 2 ? PercentEncoding.decode(parts[1], plusIsSpace: true) : ""
            )
        }
    }

    var isControl: Bool { target.hasPrefix("/_sim/") }

    var retryAfterSeconds: Int? { headers[.simulatedRetryAfter].flatMap { Int($0) } }
}
