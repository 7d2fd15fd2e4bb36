import RateLimiting

extension Denial {
    /// When to ask again. Slots in flight come free with other requests, long before their leases would expire.
    func asksAgain(from now: Timestamp) -> Timestamp {
        let isCrowded = violations.contains { violation in
            switch violation.limit {
            case .maxConcurrent, .globalMaxInflight, .maxWaiters: true
            case .rate, .pause: false
            }
        }
        return isCrowded ? min(retryAt, now.advanced(by: 1_000_000)) : retryAt
    }
}
