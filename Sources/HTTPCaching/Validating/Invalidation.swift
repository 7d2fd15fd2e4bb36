package import HTTPTypes

/// What a request with an unsafe method makes obsolete (RFC 9111, section 4.4).
package enum Invalidation {
    private static let safe: Set<HTTPRequest.Method> = [.get, .head, .options, .trace]

    /// Whether what is stored for the request's URL is obsolete now.
    package static func happens(method: HTTPRequest.Method, status: HTTPResponse.Status) -> Bool {
        !safe.contains(method) && (200..<400).contains(status.code)
    }

    /// References in the response to more that may be, if they have the origin of the request's URL.
    package static func references(in fields: HTTPFields) -> [String] {
        [.location, .contentLocation].compactMap { fields[$0] }
    }
}
