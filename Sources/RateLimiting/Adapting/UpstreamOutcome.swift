/// What an upstream answered to a request that a grant allowed.
package struct UpstreamOutcome: Hashable, Sendable {
    /// The HTTP status.
    package var status: Int
    /// What `Retry-After` asked for, in microseconds from now.
    package var retryAfter: Int64?
    /// What is left of the upstream's own quota (`X-RateLimit-Remaining`, or `r` of `RateLimit`).
    package var remaining: Int?
    /// When that quota is renewed, in microseconds from now.
    package var reset: Int64?

    package init(status: Int, retryAfter: Int64? = nil, remaining: Int? = nil, reset: Int64? = nil) {
        self.status = status
        self.retryAfter = retryAfter
        self.remaining = remaining
        self.reset = reset
    }

    /// Longer rests are asked about again after this long, in microseconds: a day.
    package static let longestRest: Int64 = 86_400_000_000

    private var isRefused: Bool { status == 429 || status == 503 }
    private var isQuotaUsedUp: Bool { remaining.map { $0 <= 0 } ?? false }

    /// Whether the answer says that requests come too fast. A used-up quota is no reason to slow down: it would come
    /// to an end at any speed.
    var isRefusal: Bool { isRefused && !isQuotaUsedUp }

    /// The rest that the answer asks for.
    func pause(at now: Timestamp) -> Pause? {
        let asked = isRefused ? retryAfter : nil
        guard let length = isQuotaUsedUp ? [reset, asked].compactMap(\.self).max() : asked, length > 0 else {
            return nil
        }
        return Pause(
            until: now.advanced(by: min(length, Self.longestRest)),
            reason: isQuotaUsedUp ? .quotaExhausted : .retryAfter)
    }
}
