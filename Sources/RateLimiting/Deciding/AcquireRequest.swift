/// What a caller asks permission for.
package struct AcquireRequest: Hashable, Sendable {
    /// Units on one key.
    package struct Claim: Hashable, Sendable {
        package let key: LimitKey
        /// Units, at least 1.
        package let weight: Int

        package init(key: LimitKey, weight: Int = 1) {
            self.key = key
            self.weight = weight
        }
    }

    /// Who sleeps until a start that lies in the future.
    package enum Wait: String, Sendable {
        /// The limiter: the answer comes at the start, and waiting for a free slot in flight is possible.
        case server
        /// The caller: the answer comes at once and names the start.
        case client
    }

    /// All are granted at one start, or none is.
    package var claims: [Claim]
    /// How long the caller would wait, in milliseconds; the policies' `max_delay_ms` bounds it, and stands in for `nil`.
    package var maxWaitMilliseconds: Int?
    package var wait: Wait
    /// Whether to hold a lease, and so a slot in flight, until release or expiry. Otherwise only units are taken.
    package var hold: Bool
    /// How long the lease lives after its start, in milliseconds.
    package var leaseTTLMilliseconds: Int
    /// A HEAD request takes no units where the policy says so.
    package var isHead: Bool
    /// Who asks, as it calls itself; shown with its lease.
    package var client: String?
    /// Names this request: asked again under the same key, it gets the same grant and consumes nothing more.
    package var idempotencyKey: String?
    /// Whether the answer should report what is left in each window.
    package var reportsUsage: Bool

    package init(
        claims: [Claim],
        maxWaitMilliseconds: Int? = nil,
        wait: Wait = .server,
        hold: Bool = true,
        leaseTTLMilliseconds: Int = 60_000,
        isHead: Bool = false,
        client: String? = nil,
        idempotencyKey: String? = nil,
        reportsUsage: Bool = false
    ) {
        self.claims = claims
        self.maxWaitMilliseconds = maxWaitMilliseconds
        self.wait = wait
        self.hold = hold
        self.leaseTTLMilliseconds = leaseTTLMilliseconds
        self.isHead = isHead
        self.client = client
        self.idempotencyKey = idempotencyKey
        self.reportsUsage = reportsUsage
    }
}

/// A request that no passing of time would make acceptable.
package enum AcquireError: Error, Hashable, Sendable {
    case noClaims
    case repeatedKey(claim: Int)
    case weightBelowOne(claim: Int)
    case weightExceedsLimit(claim: Int, key: LimitKey, heaviest: Int)
    case unknownRole(claim: Int, role: String)
    /// Another host than the first claim's, where each host's limits are decided apart.
    case hostsApart(claim: Int)
    /// Another request was made under the same idempotency key.
    case idempotencyKeyReused
    /// The limiter is stopping: nobody is made to wait any more.
    case stopping
}
