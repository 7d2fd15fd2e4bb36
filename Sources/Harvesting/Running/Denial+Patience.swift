import RateLimiting

extension Denial {
    /// When to ask again. Slots in flight come free with other requests, long before their leases would expire, so a
    /// crowded key is asked about every second at least, and ten times a second at most.
    func asksAgain(from now: Timestamp) -> Timestamp {
        let isCrowded = violations.contains { violation in
            switch violation.limit {
            case .maxConcurrent, .globalMaxInflight, .maxWaiters, .maxKeys: true
            case .rate, .pause: false
            }
        }
        guard isCrowded else { return retryAt }
        return min(max(retryAt, now.advanced(by: 100_000)), now.advanced(by: 1_000_000))
    }
}
