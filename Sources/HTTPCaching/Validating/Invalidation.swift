package import HTTPTypes

/// What a request with an unsafe method makes obsolete (RFC 9111, section 4.4).
package enum Invalidation {
    /// Those that are registered as safe (RFC 9110, section 16.1.1); what is not known may change anything.
    private static let safe: Set<HTTPRequest.Method> = Set(
        [.get, .head, .options, .trace]
            + ["PROPFIND", "QUERY", "REPORT", "SEARCH"].compactMap { HTTPRequest.Method($0) })

    package static func isSafe(_ method: HTTPRequest.Method) -> Bool { safe.contains(method) }

    /// Whether what is stored for the request's URL is obsolete now.
    package static func happens(method: HTTPRequest.Method, status: HTTPResponse.Status) -> Bool {
        !isSafe(method) && (200..<400).contains(status.code)
    }

    /// References in the response to more that may be, if they have the origin of the request's URL.
    package static func references(in fields: HTTPFields) -> [String] {
        [.location, .contentLocation].compactMap { fields[$0] }
    }
}
