import RateLimiting

/// A claim in an answer, with what is left of each of its windows.
struct TokenUsage: Encodable {
    let host: String
    let role: String
    let weight: Int
    let windows: [WindowUsage]
    let inFlight: Int

    enum CodingKeys: String, CodingKey {
        case host
        case role
        case weight
        case windows
        case inFlight = "in_flight"
    }

    init(_ usage: Usage, weight: Int, at now: Timestamp) {
        host = usage.key.host
        role = usage.key.role
        self.weight = weight
        windows = usage.windows.map { WindowUsage($0, at: now) }
        inFlight = usage.inFlight
    }
}

struct WindowUsage: Encodable {
    let rate: String
    let remaining: Int
    /// Until the oldest unit that counts leaves the window; rounded up.
    let resetMilliseconds: Int64

    enum CodingKeys: String, CodingKey {
        case rate
        case remaining
        case resetMilliseconds = "reset_ms"
    }

    init(_ window: Usage.WindowUsage, at now: Timestamp) {
        rate = window.rate.description
        remaining = window.remaining
        resetMilliseconds = window.resets.map { $0.microseconds(since: now).wholeMillisecondsUp } ?? 0
    }
}

/// A limit that said no, or would have.
struct Violated: Encodable {
    let host: String
    let role: String
    let limit: String

    init(_ violation: Violation) {
        host = violation.key.host
        role = violation.key.role
        limit = violation.limit.description
    }
}

/// The answer to a granted acquire.
struct AcquireAnswer: Encodable {
    let lease: String?
    /// How long was, or is to be, waited for the start.
    let waitMilliseconds: Int64
    let grantedAt: Timestamp
    let expiresAt: Timestamp?
    let claims: [TokenUsage]
    /// What limits in shadow mode would have said no to; `nil` where none would have.
    let shadow: [Violated]?
    /// What was decided by, where what limits are shared through was out of reach: this instance's share of them, such
    /// as `1/4`, or nothing at all.
    let share: String?
    let unchecked: Bool?
    /// The version of the limits that decided.
    let limitsVersion: Int

    enum CodingKeys: String, CodingKey {
        case lease
        case waitMilliseconds = "wait_ms"
        case grantedAt = "granted_at"
        case expiresAt = "expires_at"
        case claims
        case shadow
        case share
        case unchecked
        case limitsVersion = "limits_version"
    }

    init(_ grant: Grant, to ask: AcquireRequest) {
        lease = grant.lease?.description
        waitMilliseconds = grant.start.microseconds(since: grant.asked).wholeMillisecondsUp
        grantedAt = grant.start
        expiresAt = grant.expires
        claims = zip(grant.usage, ask.claims).map { TokenUsage($0, weight: $1.weight, at: grant.start) }
        shadow = grant.shadowed.isEmpty ? nil : grant.shadowed.map(Violated.init)
        share = if case .share(let share) = grant.basis { share.description } else { nil }
        unchecked = grant.basis == .unchecked ? true : nil
        limitsVersion = grant.tableVersion
    }
}

/// The answer to a check.
struct CheckAnswer: Encodable {
    let allowed: Bool
    /// Until the start that a grant would have; `nil` in a denial.
    let waitMilliseconds: Int64?
    /// After which the same request would pass; `nil` in a grant.
    let retryAfterMilliseconds: Int64?
    let violated: [Violated]?
    let shadow: [Violated]?
    let claims: [TokenUsage]
    /// The version of the limits that it was held against.
    let limitsVersion: Int

    enum CodingKeys: String, CodingKey {
        case allowed
        case waitMilliseconds = "wait_ms"
        case retryAfterMilliseconds = "retry_after_ms"
        case violated
        case shadow
        case claims
        case limitsVersion = "limits_version"
    }

    init(_ decision: Decision, on ask: AcquireRequest) {
        switch decision {
        case .granted(let grant):
            let answer = AcquireAnswer(grant, to: ask)
            (allowed, waitMilliseconds, retryAfterMilliseconds) = (true, answer.waitMilliseconds, nil)
            (violated, shadow, claims) = (nil, answer.shadow, answer.claims)
            limitsVersion = grant.tableVersion
        case .denied(let denial):
            let part = Problem.RateLimitPart(denial, of: ask)
            (allowed, waitMilliseconds, retryAfterMilliseconds) = (false, nil, part.retryAfterMilliseconds)
            (violated, shadow, claims) = (part.violated, nil, part.claims)
            limitsVersion = denial.tableVersion
        }
    }
}

/// One of the answers to a batch, with the status that it would have had by itself.
enum BatchAnswer: Encodable {
    case granted(AcquireAnswer)
    case refused(Problem)

    private enum CodingKeys: String, CodingKey {
        case status
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .granted(let answer):
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(200, forKey: .status)
            try answer.encode(to: encoder)
        case .refused(let problem):
            try problem.encode(to: encoder)
        }
    }
}

/// The answer to a release.
struct ReleaseAnswer: Encodable {
    let lease: String
    /// `released`, or `already_released` when an earlier call did it.
    let state: String

    /// - Throws: ``Problem`` for a lease that is not there to be released.
    init(_ result: ReleaseResult, lease: String) throws {
        self.lease = lease
        switch result {
        case .released: state = "released"
        case .alreadyReleased: state = "already_released"
        case .expired: throw Problem(.leaseExpired, lease: lease)
        case .unknown: throw Problem(.leaseUnknown, lease: lease)
        }
    }
}

/// The answer to a renewal.
struct RenewAnswer: Encodable {
    let lease: String
    let expiresAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case lease
        case expiresAt = "expires_at"
    }
}

extension Int64 {
    /// Microseconds as milliseconds, rounded up and never negative: a time to wait must not be too short.
    var wholeMillisecondsUp: Int64 { self <= 0 ? 0 : (self - 1) / 1000 + 1 }
    /// Microseconds as seconds, rounded up and never negative.
    var wholeSecondsUp: Int64 { self <= 0 ? 0 : (self - 1) / 1_000_000 + 1 }
}
