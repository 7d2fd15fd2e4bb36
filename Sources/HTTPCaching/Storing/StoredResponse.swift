package import HTTPTypes

/// What a cache keeps of a response to GET, but for its bytes.
package struct StoredResponse: Hashable, Sendable {
    package var status: HTTPResponse.Status
    package var fields: HTTPFields
    /// When the request was made that brought it, or that confirmed it last.
    package var requestTime: HTTPDate
    package var responseTime: HTTPDate
    /// Which bytes of the representation are there.
    package var extent: Extent
    /// Set when something newer is known to exist: it is not used before it has been validated.
    package var isInvalidated = false

    package enum Extent: Hashable, Sendable {
        case complete
        /// Of a 206: the bytes in `range`, of `length` in all.
        case part(range: Range<Int64>, length: Int64)
    }

    package init(
        status: HTTPResponse.Status, fields: HTTPFields, requestTime: HTTPDate, responseTime: HTTPDate,
        extent: Extent = .complete
    ) {
        self.status = status
        self.fields = fields
        self.requestTime = requestTime
        self.responseTime = responseTime
        self.extent = extent
    }

    package var isComplete: Bool { extent == .complete }

    func directives(_ rules: CacheRules) -> CacheControl {
        CacheControl.ofResponse(fields, isShared: rules.isShared).directives
    }

    /// `Date`, or when it arrived where it says none (RFC 9110, section 6.6.1).
    package var date: HTTPDate {
        fields[.date].flatMap { HTTPDate(parsing: $0, now: responseTime) } ?? responseTime
    }

    var lastModified: HTTPDate? {
        fields[.lastModified].flatMap { HTTPDate(parsing: $0, now: responseTime) }
    }
}
