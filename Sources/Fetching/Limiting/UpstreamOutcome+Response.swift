import HTTPTypes
package import RateLimiting

extension UpstreamOutcome {
    /// What a response tells about its upstream's limits: its status, `Retry-After` (RFC 9110, section 10.2.3), what is
    /// left of the upstream's quotas and when they are renewed.
    ///
    /// Of several quotas the ones that are used up count: the latest of their resets.
    package init(_ response: FetchResponse, now: Timestamp) {
        let quotas = AnnouncedQuota.all(in: response.headers, now: now)
        let usedUp = quotas.filter { $0.remaining <= 0 }
        self.init(
            status: response.status.code,
            retryAfter: RetryAfter(response.headers, now: now).map { $0.time.microseconds(since: now) },
            remaining: quotas.map(\.remaining).min(),
            reset: usedUp.isEmpty ? quotas.first?.reset : usedUp.compactMap(\.reset).max())
    }
}
