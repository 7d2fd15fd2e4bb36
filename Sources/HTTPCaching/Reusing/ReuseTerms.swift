import HTTPTypes

/// What a stored response and the rules of a cache say about its use: all of it that does not depend on the time, so that
/// it is read once and not for every request. Times in seconds.
package struct ReuseTerms: Hashable, Sendable {
    let directives: CacheControl
    let lifetime: Int64
    /// The age that it had when it arrived (`corrected_initial_age` of RFC 9111, section 4.2.3).
    let initialAge: Int64
    let responseTime: HTTPDate
    let staleWhileRevalidate: Int64
    let staleIfError: Int64
    let neverStale: Bool

    /// A tenth of the time since the last change is what most caches guess (RFC 9111, section 4.2.2), a day at most.
    private static let longestGuess: Int64 = 86_400

    package init(of stored: StoredResponse, _ rules: CacheRules) {
        let directives = stored.directives(rules)
        let isForbidden = stored.isForbidden(rules)
        let isStrict =
            isForbidden || directives.mustRevalidate || directives.noCache == .response
            || (rules.isShared && (directives.proxyRevalidate || directives.sharedMaxAge != nil))
        neverStale = isStrict
        staleWhileRevalidate = isStrict ? 0 : directives.staleWhileRevalidate ?? rules.staleWhileRevalidate
        staleIfError = isStrict ? 0 : directives.staleIfError ?? rules.staleIfError
        let seconds = stored.statedLifetime(rules) ?? Self.guessedLifetime(stored, directives)
        let mayRaise =
            stored.status.code < 400 && !directives.mustRevalidate && directives.noCache != .response
            && !directives.noStore
        lifetime = stored.isInvalidated || isForbidden ? 0 : max(seconds, mayRaise ? rules.minimumLifetime : 0)
        initialAge = Self.initialAge(stored)
        responseTime = stored.responseTime
        self.directives = directives
    }

    /// RFC 9111, section 4.2.2.
    private static func guessedLifetime(_ stored: StoredResponse, _ directives: CacheControl) -> Int64 {
        guard directives.isPublic || Storability.heuristicallyCacheable.contains(stored.status.code),
            let lastModified = stored.lastModified
        else { return 0 }
        return min(max(0, stored.date.seconds - lastModified.seconds) / 10, longestGuess)
    }

    /// RFC 9111, section 4.2.3.
    private static func initialAge(_ stored: StoredResponse) -> Int64 {
        let apparent = max(0, stored.responseTime.seconds - stored.date.seconds)
        let delay = max(0, stored.responseTime.seconds - stored.requestTime.seconds)
        let given = FieldList.members(of: .age, in: stored.fields).first.flatMap(DeltaSeconds.parse) ?? 0
        return max(apparent, given + delay)
    }
}

extension StoredResponse {
    /// Seconds that it says it is fresh for (RFC 9111, section 4.2.1); `nil` where it does not say.
    func statedLifetime(_ rules: CacheRules) -> Int64? {
        let (directives, isTargeted) = CacheControl.ofResponse(fields, isShared: rules.isShared)
        if rules.isShared, let seconds = directives.sharedMaxAge { return seconds }
        if let seconds = directives.maxAge { return seconds }
        let expires = fields[values: .expires]
        guard !isTargeted, let first = expires.first else { return nil }
        // An unreadable date, such as 0, means that it has expired; so do two that differ.
        guard Set(expires).count == 1, let date = HTTPDate(parsing: first, now: responseTime) else { return 0 }
        return max(0, date.seconds - self.date.seconds)
    }
}
