/// Everything that governs one (host, role).
@dynamicMemberLookup
package struct Policy: Hashable, Sendable {
    /// What a limit does to a request that it would refuse.
    package enum Mode: String, Sendable, CaseIterable {
        /// Delays or denies it.
        case enforce
        /// Grants it, and reports what it would have done.
        case shadow
        /// Grants it and counts nothing; what was counted before stays.
        case off
    }

    /// Everything but the windows: plain numbers, which cost nothing to hand around.
    package struct Terms: Hashable, Sendable {
        /// The longest a caller is made to wait for its start, in milliseconds; beyond it the answer is a denial.
        package let maxDelayMilliseconds: Int
        /// Requests in flight at most; `nil` is no limit.
        package let maxConcurrent: Int?
        /// Callers that may wait at once before further ones are denied without waiting.
        package let maxWaiters: Int
        /// Whether HEAD requests count against the windows.
        package let countHead: Bool
        package let mode: Mode
        /// Units of the smallest window: the heaviest claim that can ever start.
        package let heaviestClaim: Int

        /// Whether the request takes units.
        func counts(_ request: AcquireRequest) -> Bool {
            mode != .off && (!request.isHead || countHead)
        }
    }

    /// All of these hold at once.
    package let windows: [Window]
    package let terms: Terms

    package subscript<Value>(dynamicMember term: KeyPath<Terms, Value>) -> Value { terms[keyPath: term] }

    /// What holds where nothing is said; there are no rates then, and any number may be in flight.
    package static let unstated = (
        maxDelayMilliseconds: 0, maxWaiters: 1000, countHead: false, guardMilliseconds: 0, mode: Mode.enforce
    )

    init(_ patch: PolicyPatch) {
        let unstated = Self.unstated
        windows = (patch.rates ?? []).map {
            Window(rate: $0, guardMilliseconds: patch.guardMilliseconds ?? unstated.guardMilliseconds)
        }
        terms = Terms(
            maxDelayMilliseconds: patch.maxDelayMilliseconds ?? unstated.maxDelayMilliseconds,
            maxConcurrent: patch.maxConcurrent,
            maxWaiters: patch.maxWaiters ?? unstated.maxWaiters,
            countHead: patch.countHead ?? unstated.countHead,
            mode: patch.mode ?? unstated.mode,
            heaviestClaim: windows.lazy.map(\.units).min() ?? Rate.maximumUnits
        )
    }
}
