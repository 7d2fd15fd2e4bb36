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
    let remaining: Int?
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

    /// - Throws: ``Problem`` listing every field that cannot be accepted.
    func outcome() throws -> UpstreamOutcome {
        var errors: [FieldError] = []
        if !Self.statuses.contains(status) {
            errors.append(.outside("outcome.status", Self.statuses))
        }
        func microseconds(_ seconds: Double?, _ field: CodingKeys) -> Int64? {
            guard let seconds else { return nil }
            guard seconds >= 0, seconds.isFinite else {
                errors.append(FieldError(path: "outcome.\(field.rawValue)", message: "must be 0 or more"))
                return nil
            }
            return Int64(min(seconds * 1_000_000, Double(UpstreamOutcome.longestRest)).rounded(.up))
        }
        let outcome = UpstreamOutcome(
            status: status, retryAfter: microseconds(retryAfterSeconds, .retryAfterSeconds), remaining: remaining,
            reset: microseconds(resetSeconds, .resetSeconds))
        if let problem = Problem(errors) { throw problem }
        return outcome
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
