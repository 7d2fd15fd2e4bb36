/// What an operator says about the cache for one host and role; what is `nil` falls back to the next less specific one.
package struct CachePolicy: Hashable, Sendable {
    package var isEnabled: Bool?
    /// Seconds that a response counts as fresh at least.
    package var minimumLifetime: Int64?
    /// Seconds of `stale-while-revalidate` where a response names none.
    package var staleWhileRevalidate: Int64?
    /// Seconds of `stale-if-error` where a response names none.
    package var staleIfError: Int64?

    package init(
        isEnabled: Bool? = nil, minimumLifetime: Int64? = nil, staleWhileRevalidate: Int64? = nil,
        staleIfError: Int64? = nil
    ) {
        self.isEnabled = isEnabled
        self.minimumLifetime = minimumLifetime
        self.staleWhileRevalidate = staleWhileRevalidate
        self.staleIfError = staleIfError
    }

    /// This policy where it says something, `other` where it does not.
    package func falling(backTo other: CachePolicy) -> CachePolicy {
        CachePolicy(
            isEnabled: isEnabled ?? other.isEnabled,
            minimumLifetime: minimumLifetime ?? other.minimumLifetime,
            staleWhileRevalidate: staleWhileRevalidate ?? other.staleWhileRevalidate,
            staleIfError: staleIfError ?? other.staleIfError)
    }
}
