/// The limiter's answer.
package enum Decision: Hashable, Sendable {
    case granted(Grant)
    case denied(Denial)
}

/// An accepted acquire.
package struct Grant: Hashable, Sendable {
    /// `nil` where the caller asked for units only.
    package let lease: LeaseID?
    /// When the caller may start.
    package let start: Timestamp
    /// When the lease ends by itself.
    package let expires: Timestamp?
    /// In the order of the claims; empty unless asked for.
    package let usage: [Usage]
    /// The version of the limit table that decided.
    package let tableVersion: Int
    /// The claims that took units.
    let taken: [AcquireRequest.Claim]
}

/// A refusal. It has consumed nothing.
package struct Denial: Hashable, Sendable {
    /// The earliest time at which the same request would be granted, as far as is known now.
    package let retryAt: Timestamp
    /// Each limit that said no.
    package let violations: [Violation]
    /// In the order of the claims; empty unless asked for.
    package let usage: [Usage]
    /// The version of the limit table that decided.
    package let tableVersion: Int
}

/// One limit that said no.
package struct Violation: Hashable, Sendable {
    package enum Limit: Hashable, Sendable {
        case rate(Rate)
        case maxConcurrent(Int)
        case globalMaxInflight(Int)
        /// Closed until a time, because the host or an operator said so.
        case pause(until: Timestamp)
        /// Too many callers wait already.
        case maxWaiters(Int)
    }

    package let key: LimitKey
    package let limit: Limit
}

/// What one key's limits look like at the moment of a decision.
package struct Usage: Hashable, Sendable {
    package struct WindowUsage: Hashable, Sendable {
        package let rate: Rate
        /// Units that may still start at this moment.
        package let remaining: Int
        /// When the oldest unit counted now leaves the window; `nil` when none is counted.
        package let resets: Timestamp?
    }

    package let key: LimitKey
    package let windows: [WindowUsage]
    /// Leases held.
    package let inFlight: Int
}
