/// A policy as a document states it: what is `nil` falls back to the next less specific one.
package struct PolicyPatch: Hashable, Sendable {
    package var rates: [Rate]?
    package var maxDelayMilliseconds: Int?
    package var maxConcurrent: Int?
    package var maxWaiters: Int?
    package var countHead: Bool?
    package var guardMilliseconds: Int?
    package var mode: Policy.Mode?

    package init(
        rates: [Rate]? = nil,
        maxDelayMilliseconds: Int? = nil,
        maxConcurrent: Int? = nil,
        maxWaiters: Int? = nil,
        countHead: Bool? = nil,
        guardMilliseconds: Int? = nil,
        mode: Policy.Mode? = nil
    ) {
        self.rates = rates
        self.maxDelayMilliseconds = maxDelayMilliseconds
        self.maxConcurrent = maxConcurrent
        self.maxWaiters = maxWaiters
        self.countHead = countHead
        self.guardMilliseconds = guardMilliseconds
        self.mode = mode
    }

    /// This patch where it says something, `other` where it does not.
    package func falling(backTo other: PolicyPatch) -> PolicyPatch {
        PolicyPatch(
            rates: rates ?? other.rates,
            maxDelayMilliseconds: maxDelayMilliseconds ?? other.maxDelayMilliseconds,
            maxConcurrent: maxConcurrent ?? other.maxConcurrent,
            maxWaiters: maxWaiters ?? other.maxWaiters,
            countHead: countHead ?? other.countHead,
            guardMilliseconds: guardMilliseconds ?? other.guardMilliseconds,
            mode: mode ?? other.mode
        )
    }
}
