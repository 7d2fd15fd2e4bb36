package import HTTPTypes

/// One GET of one URL in one role.
package struct FetchRequest: Sendable {
    package var address: WebAddress
    package var role: FetchRole
    /// Sent in addition to what role and transport send.
    package var headers: HTTPFields
    /// Bytes of body after which the fetch fails with ``FetchError/payloadTooLarge(limit:)``.
    package var maximumBodyBytes: Int
    /// For the whole exchange, waiting for permission and reading the body included.
    package var timeout: Duration
    /// How long to wait for permission at most; the policy's `max_delay_ms` bounds it, and stands in for `nil`.
    package var maximumLimiterWait: Duration?

    package init(
        _ address: WebAddress,
        role: FetchRole,
        headers: HTTPFields = [:],
        maximumBodyBytes: Int,
        timeout: Duration,
        maximumLimiterWait: Duration? = nil
    ) {
        self.address = address
        self.role = role
        self.headers = headers
        self.maximumBodyBytes = maximumBodyBytes
        self.timeout = timeout
        self.maximumLimiterWait = maximumLimiterWait
    }
}

/// The kinds of request that Weir makes itself; each has its own limits.
package enum FetchRole: String, Sendable, CaseIterable {
    case metadata
    case landing
    case artifact

    /// The `Accept` field that says what we hope for.
    package var accept: String {
        switch self {
        case .metadata: "application/json"
        case .landing: "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
        case .artifact: "application/pdf, */*;q=0.1"
        }
    }
}
