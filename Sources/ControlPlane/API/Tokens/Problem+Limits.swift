import Harvesting
import Hummingbird
import RateLimiting

extension Problem {
    /// A request that no passing of time would make acceptable.
    ///
    /// - Parameters:
    ///   - hasList: whether the claims stood in a list, or one at top level.
    ///   - path: where the request stands in a larger body.
    init(_ error: AcquireError, hasList: Bool, at path: String = "") {
        func problem(_ kind: Kind, _ claim: Int, _ field: String, _ message: String) -> Problem {
            let path = path + (hasList ? "claims[\(claim)].\(field)" : field)
            return Problem(kind, "\(path): \(message)", errors: [FieldError(path: path, message: message)])
        }
        self =
            switch error {
            case .noClaims: Problem(.invalidField, "\(path)claims: must hold at least one claim")
            case .repeatedKey(let claim):
                problem(.invalidField, claim, "host", "this host and role are claimed already; add up the weights")
            case .weightBelowOne(let claim):
                problem(.invalidField, claim, "weight", "must be at least 1")
            case .weightExceedsLimit(let claim, let key, let heaviest):
                problem(
                    .weightExceedsLimit, claim, "weight",
                    "can never be granted; the limits of \(key.host) for \(key.role) allow at most \(heaviest)")
            case .unknownRole(let claim, let role):
                problem(.unknownRole, claim, "role", Self.noPolicy(for: role))
            case .hostsApart(let claim):
                problem(
                    .hostsApart, claim, "host",
                    "is another host than the first claim's; with backend.hash_tag: host each is asked for alone")
            case .idempotencyKeyReused:
                Problem(.idempotencyKeyReused, "the Idempotency-Key was used with another request before")
            case .stopping:
                Problem(.shuttingDown, "the service is stopping, and this request would have to wait; try another one")
            }
    }

    /// A denial, with the exact time after which the same request would pass.
    init(_ denial: Denial, of ask: AcquireRequest) {
        let part = RateLimitPart(denial, of: ask)
        var fields = RateLimitFields.fields(for: denial.usage, at: denial.decided)
        fields[.retryAfter] = String(denial.wait.wholeSecondsUp)
        let names = part.violated.map { "\($0.limit) of \($0.host) \($0.role)" }.joined(separator: ", ")
        self.init(
            .rateLimited, "\(names); the same request would pass in \(part.retryAfterMilliseconds) ms",
            rateLimit: part, headers: fields)
    }

    static func noPolicy(for role: some StringProtocol) -> String {
        "no policy names the role '\(String(role).excerpt)'; GET /v1/limits lists under defaults those that there are"
    }

    /// A lease that is not held.
    init(_ kind: Kind, lease: String) {
        let detail =
            switch kind {
            case .leaseExpired: "the lease '\(lease.excerpt)' has expired; its slots are free again"
            case .leaseReleased: "the lease '\(lease.excerpt)' was released"
            default:
                "no lease '\(lease.excerpt)' was given by this service, or it ended long ago; GET /v1/leases lists those that are held"
            }
        self.init(kind, detail)
    }
}

extension Problem.RateLimitPart {
    init(_ denial: Denial, of ask: AcquireRequest) {
        retryAfterMilliseconds = denial.wait.wholeMillisecondsUp
        violated = denial.violations.map(Violated.init)
        claims = zip(denial.usage, ask.claims).map { TokenUsage($0, weight: $1.weight, at: denial.decided) }
        limitsVersion = denial.tableVersion
    }
}

extension Denial {
    /// Microseconds until the same request would pass, at least one.
    var wait: Int64 { max(1, retryAt.microseconds(since: decided)) }
}

extension Violation.Limit: CustomStringConvertible {
    /// The limit in answers and logs.
    package var description: String {
        switch self {
        case .rate(let rate): rate.description
        case .pause(let pause): "pause \(pause.reason.rawValue)"
        case .maxConcurrent(let most), .globalMaxInflight(let most), .maxWaiters(let most), .maxKeys(let most):
            "\(reason) \(most)"
        }
    }
}
