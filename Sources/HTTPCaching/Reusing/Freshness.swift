import HTTPTypes

/// How old a stored response is, and how old it may be (RFC 9111, section 4.2). All in seconds.
package struct Freshness: Hashable, Sendable {
    package let lifetime: Int64
    package let age: Int64
    /// How long after its lifetime it may still be used while a new one is fetched.
    let staleWhileRevalidate: Int64
    /// How long after its lifetime it may still be used where the origin fails.
    let staleIfError: Int64
    /// Whether it must never be used stale.
    let neverStale: Bool

    /// Until it is stale; negative when it is.
    package var remaining: Int64 { lifetime - age }
    package var isFresh: Bool { remaining > 0 }

    package init(of stored: StoredResponse, now: HTTPDate, _ rules: CacheRules) {
        self.init(by: ReuseTerms(of: stored, rules), now: now)
    }

    package init(by terms: ReuseTerms, now: HTTPDate) {
        lifetime = terms.lifetime
        staleWhileRevalidate = terms.staleWhileRevalidate
        staleIfError = terms.staleIfError
        neverStale = terms.neverStale
        age = terms.initialAge + max(0, now.seconds - terms.responseTime.seconds)
    }
}
