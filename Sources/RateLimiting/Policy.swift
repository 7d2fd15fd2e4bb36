/// Everything that governs one (host, role).
package struct Policy: Hashable, Sendable {
    /// All of these hold at once.
    package let windows: [Window]
    /// The longest a caller is made to wait for its start, in milliseconds; beyond it the answer is a denial.
    package let maxDelayMilliseconds: Int
    /// Requests in flight at most; `nil` is no limit.
    package let maxConcurrent: Int?
    /// Whether HEAD requests count against the windows.
    package let countHead: Bool
    /// Added to every window for upstreams that judge strictly, in milliseconds.
    package let guardMilliseconds: Int
    /// Units of the largest window: how far back its log has to reach.
    let reach: Int
    /// Units of the smallest window: the heaviest claim that can ever start.
    package let heaviestClaim: Int

    init(_ patch: PolicyPatch) {
        guardMilliseconds = patch.guardMilliseconds ?? 0
        let guardTime = guardMilliseconds
        windows = (patch.rates ?? []).map { Window(rate: $0, guardMilliseconds: guardTime) }
        maxDelayMilliseconds = patch.maxDelayMilliseconds ?? 0
        maxConcurrent = patch.maxConcurrent
        countHead = patch.countHead ?? false
        reach = windows.lazy.map(\.units).max() ?? 1
        heaviestClaim = windows.lazy.map(\.units).min() ?? Rate.maximumUnits
    }
}

/// A policy as a document states it: what is `nil` falls back to the next less specific one.
package struct PolicyPatch: Hashable, Sendable {
    package var rates: [Rate]?
    package var maxDelayMilliseconds: Int?
    package var maxConcurrent: Int?
    package var countHead: Bool?
    package var guardMilliseconds: Int?

    package init(
        rates: [Rate]? = nil,
        maxDelayMilliseconds: Int? = nil,
        maxConcurrent: Int? = nil,
        countHead: Bool? = nil,
        guardMilliseconds: Int? = nil
    ) {
        self.rates = rates
        self.maxDelayMilliseconds = maxDelayMilliseconds
        self.maxConcurrent = maxConcurrent
        self.countHead = countHead
        self.guardMilliseconds = guardMilliseconds
    }

    /// This patch where it says something, `other` where it does not.
    package func falling(backTo other: PolicyPatch) -> PolicyPatch {
        PolicyPatch(
            rates: rates ?? other.rates,
            maxDelayMilliseconds: maxDelayMilliseconds ?? other.maxDelayMilliseconds,
            maxConcurrent: maxConcurrent ?? other.maxConcurrent,
            countHead: countHead ?? other.countHead,
            guardMilliseconds: guardMilliseconds ?? other.guardMilliseconds
        )
    }
}
