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

    /// A tenth of the time since the last change is what most caches guess (RFC 9111, section 4.2.2), a day at most.
    private static let longestGuess: Int64 = 86_400

    package init(of stored: StoredResponse, now: HTTPDate, _ rules: CacheRules) {
        let (directives, isTargeted) = CacheControl.ofResponse(stored.fields, isShared: rules.isShared)
        // What is stored may have been allowed by other rules.
        let isForbidden = directives.forbidsStoring(rules)
        let isStrict =
            isForbidden || directives.mustRevalidate || directives.noCache == .response
            || (rules.isShared && (directives.proxyRevalidate || directives.sharedMaxAge != nil))
        neverStale = isStrict
        staleWhileRevalidate = isStrict ? 0 : directives.staleWhileRevalidate ?? rules.staleWhileRevalidate
        staleIfError = isStrict ? 0 : directives.staleIfError ?? rules.staleIfError
        let stated = Self.lifetime(stored, directives, isTargeted, rules)
        let mayRaise =
            stored.status.code < 400 && !directives.mustRevalidate && directives.noCache != .response
            && !directives.noStore
        lifetime = stored.isInvalidated || isForbidden ? 0 : max(stated, mayRaise ? rules.minimumLifetime : 0)
        age = Self.age(stored, now)
    }

    private static func lifetime(
        _ stored: StoredResponse, _ directives: CacheControl, _ isTargeted: Bool, _ rules: CacheRules
    ) -> Int64 {
        if rules.isShared, let seconds = directives.sharedMaxAge { return seconds }
        if let seconds = directives.maxAge { return seconds }
        let expires = stored.fields[values: .expires]
        if !isTargeted, let first = expires.first {
            // An unreadable date, such as 0, means that it has expired; so do two that differ.
            guard Set(expires).count == 1, let date = HTTPDate(parsing: first, now: stored.responseTime) else {
                return 0
            }
            return max(0, date.seconds - stored.date.seconds)
        }
        guard directives.isPublic || Storability.heuristicallyCacheable.contains(stored.status.code),
            let lastModified = stored.lastModified
        else { return 0 }
        return min(max(0, stored.date.seconds - lastModified.seconds) / 10, longestGuess)
    }

    /// RFC 9111, section 4.2.3.
    private static func age(_ stored: StoredResponse, _ now: HTTPDate) -> Int64 {
        let apparent = max(0, stored.responseTime.seconds - stored.date.seconds)
        let delay = max(0, stored.responseTime.seconds - stored.requestTime.seconds)
        let given = FieldList.members(of: .age, in: stored.fields).first.flatMap(DeltaSeconds.parse) ?? 0
        let resident = max(0, now.seconds - stored.responseTime.seconds)
        return max(apparent, given + delay) + resident
    }
}
