import HTTPCaching
import HTTPTypes

/// What it takes to go on with a body where it broke off: its length, and a strong validator that tells whether the rest
/// still belongs to it (RFC 9110, sections 13.1.5 and 14.2).
struct Resumption: Hashable, Sendable {
    /// Bytes of the whole body.
    let length: Int64
    private let tag: EntityTag?
    /// For `If-Range`.
    private let validator: String

    /// `nil` for a response that cannot be gone on with.
    init?(of response: FetchResponse, now: HTTPDate) {
        let fields = response.headers
        guard response.status == .ok, let length = fields[.contentLength].flatMap({ Int64($0) }),
            !fields.contains(.contentEncoding), fields[.acceptRanges]?.lowercased() != "none"
        else { return nil }
        self.length = length
        tag = EntityTag(of: fields)
        if let tag, !tag.isWeak, let text = fields[.eTag] {
            validator = text
        } else if let text = fields[.lastModified], let modified = HTTPDate(parsing: text, now: now),
            let date = fields[.date].flatMap({ HTTPDate(parsing: $0, now: now) }), date.seconds > modified.seconds
        {
            // A date is strong only when it lies at least a second before the response was made.
            validator = text
        } else {
            return nil
        }
    }

    /// The request for the rest of the body.
    func request(_ request: FetchRequest, from position: Int64) -> FetchRequest {
        var rest = request
        rest.headers[.range] = "bytes=\(position)-"
        rest.headers[.ifRange] = validator
        return rest
    }

    /// Whether a response is the rest of the body.
    func isRest(_ response: FetchResponse, from position: Int64) -> Bool {
        guard response.status == .partialContent, !response.headers.contains(.contentEncoding),
            let content = ContentRange(of: response.headers)
        else { return false }
        let other = EntityTag(of: response.headers)
        return content.range == position..<length && content.length == length && (other == nil || other == tag)
    }
}
