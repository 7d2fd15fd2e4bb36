/// A host, or one role of it, is closed until a time.
package struct Pause: Hashable, Sendable {
    /// Who or what closed it.
    package enum Reason: String, Sendable, CaseIterable {
        /// A 429 or 503 with `Retry-After`.
        case retryAfter = "retry_after"
        /// The upstream's own quota is used up until it is renewed.
        case quotaExhausted = "quota_exhausted"
        case byOperator = "operator"
        /// What was granted last may be missing, until those who know of it have counted it.
        case recovery
    }

    package let until: Timestamp
    package let reason: Reason

    package init(until: Timestamp, reason: Reason) {
        self.until = until
        self.reason = reason
    }
}

/// What a pause closes.
package struct PauseScope: Hashable, Sendable {
    package let host: String
    /// `nil` closes every role of the host.
    package let role: String?

    package init(host: String, role: String? = nil) {
        self.host = host
        self.role = role
    }
}
