/// The limiter's answer.
package enum Decision: Hashable, Sendable {
    case granted(Grant)
    case denied(Denial)

    package var basis: DecisionBasis {
        get {
            switch self {
            case .granted(let grant): grant.basis
            case .denied(let denial): denial.basis
            }
        }
        set {
            switch self {
            case .granted(var grant):
                grant.basis = newValue
                self = .granted(grant)
            case .denied(var denial):
                denial.basis = newValue
                self = .denied(denial)
            }
        }
    }
}

/// An accepted acquire.
package struct Grant: Hashable, Sendable {
    /// `nil` where the caller asked for units only.
    package let lease: LeaseID?
    /// When the caller asked.
    package let asked: Timestamp
    /// When the caller may start.
    package let start: Timestamp
    /// When the lease ends by itself.
    package let expires: Timestamp?
    // Here it fits in beside the time: every grant is copied several times.
    package var basis = DecisionBasis.limits
    /// What limits in shadow mode would have said no to.
    package let shadowed: [Violation]
    /// In the order of the claims; empty unless asked for.
    package let usage: [Usage]
    /// The version of the limit table that decided.
    package let tableVersion: Int
}

/// What was decided by.
package enum DecisionBasis: Hashable, Sendable {
    case limits
    /// A share of the limits: what they are shared through was out of reach.
    case share(Share)
    /// Nothing: what limits are shared through was out of reach, and grants all the same are wanted then.
    case unchecked
}

/// A refusal. It has consumed nothing.
package struct Denial: Hashable, Sendable {
    package let decided: Timestamp
    /// The earliest time at which the same request would be granted, as far as is known now.
    package let retryAt: Timestamp
    /// Each limit that said no.
    package let violations: [Violation]
    /// In the order of the claims; empty unless asked for.
    package let usage: [Usage]
    /// The version of the limit table that decided.
    package let tableVersion: Int
    package var basis = DecisionBasis.limits
}

/// One limit that said no.
package struct Violation: Hashable, Sendable {
    package enum Limit: Hashable, Sendable {
        case rate(Rate)
        case maxConcurrent(Int)
        case globalMaxInflight(Int)
        /// Closed until a time, because the host or an operator said so.
        case pause(Pause)
        /// Too many callers wait already.
        case maxWaiters(Int)
        /// Too many different keys are in use.
        case maxKeys(Int)

        /// The limit's kind, as metrics and logs name it.
        package var reason: String {
            switch self {
            case .rate: "rate"
            case .maxConcurrent: "max_concurrent"
            case .globalMaxInflight: "global_max_inflight"
            case .pause: "pause"
            case .maxWaiters: "max_waiters"
            case .maxKeys: "max_keys"
            }
        }
    }

    package let key: LimitKey
    package let limit: Limit
}
