/// What kind of cache it is, and what its operator asks of it beyond what responses say.
package struct CacheRules: Hashable, Sendable {
    /// Whether several users share it (RFC 9111, section 1): then `private` responses are not for it.
    package var isShared: Bool
    /// Seconds that a response counts as fresh at least, unless it is an error or says `no-cache`, `no-store` or
    /// `must-revalidate`.
    package var minimumLifetime: Int64
    /// Seconds of `stale-while-revalidate` where a response names none.
    package var staleWhileRevalidate: Int64
    /// Seconds of `stale-if-error` where a response names none.
    package var staleIfError: Int64
    /// Whether a shared cache stores `Set-Cookie` where the origin allows it (RFC 9111, section 7.3).
    package var storesCookies: Bool

    package init(
        isShared: Bool, minimumLifetime: Int64 = 0, staleWhileRevalidate: Int64 = 0, staleIfError: Int64 = 0,
        storesCookies: Bool = true
    ) {
        self.isShared = isShared
        self.minimumLifetime = minimumLifetime
        self.staleWhileRevalidate = staleWhileRevalidate
        self.staleIfError = staleIfError
        self.storesCookies = storesCookies
    }
}
