import Harvesting
import Hummingbird
import RateLimiting

/// `POST /v1/tokens/…`: permission for anybody who asks.
struct TokensController: Sendable {
    let limits: any LimitBackend

    func addRoutes(to routes: RouteTable) {
        routes.on(.post, "/v1/tokens/acquire") { request, _ in try await acquire(request) }
        routes.on(.post, "/v1/tokens/release") { request, _ in try await release(request) }
    }

    private func acquire(_ request: Request) async throws -> Response {
        let body = try await request.json(AcquireBody.self)
        let ask = try body.request()
        let asked = await limits.now()
        let decision: Decision
        do {
            decision = try await limits.acquire(ask)
        } catch let error as AcquireError {
            throw Problem(error, hasList: body.claims != nil)
        }
        let now = await limits.now()
        switch decision {
        case .granted(let grant):
            let claims = zip(grant.usage, ask.claims).map { TokenUsage($0, weight: $1.weight, at: grant.start) }
            let answer = AcquireAnswer(
                lease: grant.lease?.description,
                waitMilliseconds: grant.start.microseconds(since: asked).wholeMillisecondsUp,
                grantedAt: grant.start, expiresAt: grant.expires, claims: claims)
            return try .json(answer, headers: RateLimitFields.fields(for: grant.usage, at: grant.start))
        case .denied(let denial):
            throw Problem(denial, of: ask, at: now)
        }
    }

    private func release(_ request: Request) async throws -> Response {
        let body = try await request.json(ReleaseBody.self)
        var result = ReleaseResult.unknown
        if let lease = LeaseID(body.lease) {
            result = await limits.release(lease, unused: body.unused ?? false)
        }
        switch result {
        case .released: return try .json(ReleaseAnswer(lease: body.lease, state: "released"))
        case .alreadyReleased: return try .json(ReleaseAnswer(lease: body.lease, state: "already_released"))
        case .expired: throw Problem(.leaseExpired, "the lease '\(body.lease)' has expired; its slots are free again")
        case .unknown: throw Problem(.leaseUnknown, "no lease '\(body.lease)' was given by this service")
        }
    }
}

extension Problem {
    /// A request that no passing of time would make acceptable.
    ///
    /// - Parameter hasList: whether the claims stood in a list, or one at top level.
    fileprivate init(_ error: AcquireError, hasList: Bool) {
        func problem(_ kind: Kind, _ claim: Int, _ field: String, _ message: String) -> Problem {
            let path = hasList ? "claims[\(claim)].\(field)" : field
            return Problem(kind, "\(path): \(message)", errors: [FieldError(path: path, message: message)])
        }
        self =
            switch error {
            case .noClaims: Problem(.invalidField, "claims: must hold at least one claim")
            case .repeatedKey(let claim):
                problem(.invalidField, claim, "host", "this host and role are claimed already; add up the weights")
            case .weightBelowOne(let claim):
                problem(.invalidField, claim, "weight", "must be at least 1")
            case .weightExceedsLimit(let claim, let key, let heaviest):
                problem(
                    .weightExceedsLimit, claim, "weight",
                    "can never be granted; the limits of \(key.host) for \(key.role) allow at most \(heaviest)")
            case .unknownRole(let claim, let role):
                problem(.unknownRole, claim, "role", "no policy names the role '\(role)'")
            }
    }

    /// A denial, with the exact time after which the same request would pass.
    fileprivate init(_ denial: Denial, of ask: AcquireRequest, at now: Timestamp) {
        let wait = max(1, denial.retryAt.microseconds(since: now))
        let violated = denial.violations.map { violation in
            RateLimitPart.Violated(
                host: violation.key.host, role: violation.key.role, limit: violation.limit.description)
        }
        var fields = RateLimitFields.fields(for: denial.usage, at: now)
        fields[.retryAfter] = String(wait.wholeSecondsUp)
        let names = violated.map { "\($0.limit) of \($0.host) \($0.role)" }.joined(separator: ", ")
        self.init(
            .rateLimited, "\(names); the same request would pass in \(wait.wholeMillisecondsUp) ms",
            rateLimit: RateLimitPart(
                retryAfterMilliseconds: wait.wholeMillisecondsUp,
                violated: violated,
                claims: zip(denial.usage, ask.claims).map { TokenUsage($0, weight: $1.weight, at: now) }),
            headers: fields)
    }
}

extension Violation.Limit: CustomStringConvertible {
    /// The limit's name in answers and metrics.
    package var description: String {
        switch self {
        case .rate(let rate): rate.description
        case .maxConcurrent(let most): "max_concurrent \(most)"
        case .globalMaxInflight(let most): "global_max_inflight \(most)"
        case .pause: "pause"
        case .maxWaiters(let most): "max_waiters \(most)"
        }
    }
}
