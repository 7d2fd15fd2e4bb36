import RateLimiting

/// The body of `POST /v1/tokens/acquire`. One claim may stand at top level instead of `claims`.
struct AcquireBody: StrictBody {
    let claims: [Strict<ClaimBody>]?
    let host: String?
    let role: String?
    let weight: Int?
    let maxWaitMilliseconds: Int?
    let wait: String?
    let hold: Bool?
    let leaseTTLMilliseconds: Int?
    let client: String?
    let method: String?

    enum Field: String, CodingKey, CaseIterable {
        case claims
        case host
        case role
        case weight
        case maxWaitMilliseconds = "max_wait_ms"
        case wait
        case hold
        case leaseTTLMilliseconds = "lease_ttl_ms"
        case client
        case method
    }

    private typealias CodingKeys = Field

    static let maximumClaims = 32
    static let leaseTTL = 100...3_600_000
    static let maximumWait = 0...3_600_000
}

struct ClaimBody: StrictBody {
    let host: String
    let role: String
    let weight: Int?

    enum Field: String, CodingKey, CaseIterable {
        case host
        case role
        case weight
    }

    private typealias CodingKeys = Field
}

/// The body of `POST /v1/tokens/release`.
struct ReleaseBody: StrictBody {
    let lease: String
    let unused: Bool?

    enum Field: String, CodingKey, CaseIterable {
        case lease
        case unused
    }

    private typealias CodingKeys = Field
}

/// A claim in an answer, with what is left of each of its windows.
struct TokenUsage: Encodable {
    let host: String
    let role: String
    let weight: Int
    let windows: [WindowUsage]
    let inFlight: Int

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
    }

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
        windows = usage.windows.map { window in
            WindowUsage(
                rate: window.rate.description,
                remaining: window.remaining,
                resetMilliseconds: window.resets.map { $0.microseconds(since: now).wholeMillisecondsUp } ?? 0)
        }
        inFlight = usage.inFlight
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

    enum CodingKeys: String, CodingKey {
        case lease
        case waitMilliseconds = "wait_ms"
        case grantedAt = "granted_at"
        case expiresAt = "expires_at"
        case claims
    }
}

/// The answer to a release.
struct ReleaseAnswer: Encodable {
    let lease: String
    /// `released`, or `already_released` when an earlier call did it.
    let state: String
}

extension Int64 {
    /// Microseconds as milliseconds, rounded up and never negative: a time to wait must not be too short.
    var wholeMillisecondsUp: Int64 { self <= 0 ? 0 : (self - 1) / 1000 + 1 }
    /// Microseconds as seconds, rounded up and never negative.
    var wholeSecondsUp: Int64 { self <= 0 ? 0 : (self - 1) / 1_000_000 + 1 }
}
