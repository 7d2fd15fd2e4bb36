import Fetching
import Harvesting
import RateLimiting

/// The body of `POST /v1/tokens/release`.
struct ReleaseBody: Decodable {
    let lease: String
    let unused: Bool?
    let outcome: OutcomeBody?

    enum CodingKeys: String, StrictKey {
        case lease
        case unused
        case outcome
    }
}

/// What the upstream answered to the request that the lease allowed.
struct OutcomeBody: Decodable {
    let status: Int
    let retryAfterSeconds: Double?
    let remaining: Double?
    let resetSeconds: Double?
    let host: String?

    enum CodingKeys: String, StrictKey {
        case status
        case retryAfterSeconds = "retry_after_s"
        case remaining = "ratelimit_remaining"
        case resetSeconds = "ratelimit_reset_s"
        case host
    }

    static let statuses = 100...599

    /// - Throws: an error that lists every field that cannot be accepted.
    func outcome(now: Timestamp) throws(InvalidFields) -> UpstreamOutcome {
        var errors: [FieldError] = []
        if !Self.statuses.contains(status) {
            errors.append(.outside("outcome.status", Self.statuses))
        }
        for (value, field) in [(retryAfterSeconds, CodingKeys.retryAfterSeconds), (resetSeconds, .resetSeconds)] {
            if let value, value < 0 {
                errors.append(FieldError(path: "outcome.\(field.rawValue)", message: "must be 0 or more"))
            }
        }
        try InvalidFields.check(errors)
        return UpstreamOutcome(
            status: status,
            // As the header fields of the same names are read.
            retryAfter: retryAfterSeconds.map { UpstreamOutcome.microseconds(ofSeconds: $0.rounded(.up)) },
            remaining: remaining.map(AnnouncedQuota.wholeUnits),
            reset: resetSeconds.map { QuotaReset.microseconds($0, now: now) })
    }
}

/// The body of `POST /v1/tokens/renew`.
struct RenewBody: Decodable {
    let lease: String
    let leaseTTLMilliseconds: Int?

    enum CodingKeys: String, StrictKey {
        case lease
        case leaseTTLMilliseconds = "lease_ttl_ms"
    }
}

/// The body of `POST /v1/hosts/{host}/pause`.
struct PauseBody: Decodable {
    let role: String?
    let durationMilliseconds: Int?

    enum CodingKeys: String, StrictKey {
        case role
        case durationMilliseconds = "duration_ms"
    }

    /// Up to thirty days: a pause that everybody forgot ends some day.
    static let duration = 1...2_592_000_000
    static let defaultDuration = 3_600_000
}

/// The body of `POST /v1/hosts/{host}/resume`.
struct ResumeBody: Decodable {
    let role: String?

    enum CodingKeys: String, StrictKey {
        case role
    }
}
