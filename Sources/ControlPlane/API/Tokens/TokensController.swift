import Hummingbird
import RateLimiting

/// `POST /v1/tokens/…`: ``TokenService`` over HTTP.
struct TokensController: Sendable {
    private let tokens: TokenService

    init(limits: any LimitBackend) {
        tokens = TokenService(limits: limits)
    }

    func addRoutes(to routes: RouteTable) {
        routes.on(.post, "/v1/tokens/acquire", requires: .acquireTokens) { try await acquire($0, $1) }
        routes.on(.post, "/v1/tokens/batch", requires: .acquireTokens) { try await batch($0, $1) }
        routes.on(.post, "/v1/tokens/check", requires: .acquireTokens) { request, _ in try await check(request) }
        routes.on(.post, "/v1/tokens/release", requires: .acquireTokens) { request, _ in try await release(request) }
        routes.on(.post, "/v1/tokens/renew", requires: .acquireTokens) { request, _ in try await renew(request) }
    }

    private func acquire(_ request: Request, _ context: WeirRequestContext) async throws -> Response {
        let body = try await request.json(AcquireBody.self)
        let answer: TokenService.Answer
        do {
            answer = try await tokens.acquire(body, idempotencyKey: request.idempotencyKey, over: context)
        } catch let error as AcquireError {
            throw Problem(error, hasList: body.claims != nil)
        }
        switch answer.decision {
        case .granted(let grant):
            return try .json(
                AcquireAnswer(grant, to: answer.request),
                headers: RateLimitFields.fields(for: grant.usage, at: grant.start))
        case .denied(let denial):
            throw Problem(denial, of: answer.request)
        }
    }

    private func batch(_ request: Request, _ context: WeirRequestContext) async throws -> Response {
        let batch = try await request.json(BatchBody.self)
        let results = try await tokens.acquire(batch, idempotencyKey: request.idempotencyKey, over: context)
        let answers = zip(results, batch.requests).enumerated().map { index, element -> BatchAnswer in
            let (result, body) = element
            switch result {
            case .success(let answer):
                switch answer.decision {
                case .granted(let grant): return .granted(AcquireAnswer(grant, to: answer.request))
                case .denied(let denial): return .refused(Problem(denial, of: answer.request))
                }
            case .failure(let error):
                return .refused(Problem(error, hasList: body.claims != nil, at: BatchBody.path(index)))
            }
        }
        return try .json(["answers": answers])
    }

    private func check(_ request: Request) async throws -> Response {
        let body = try await request.json(AcquireBody.self)
        do {
            let answer = try await tokens.check(body)
            return try .json(CheckAnswer(answer.decision, on: answer.request))
        } catch let error as AcquireError {
            throw Problem(error, hasList: body.claims != nil)
        }
    }

    private func release(_ request: Request) async throws -> Response {
        let body = try await request.json(ReleaseBody.self)
        return try .json(ReleaseAnswer(await tokens.release(body), lease: body.lease))
    }

    private func renew(_ request: Request) async throws -> Response {
        let body = try await request.json(RenewBody.self)
        switch try await tokens.renew(body) {
        case .renewed(let expires): return try .json(RenewAnswer(lease: body.lease, expiresAt: expires))
        case .alreadyReleased: throw Problem(.leaseReleased, lease: body.lease)
        case .expired: throw Problem(.leaseExpired, lease: body.lease)
        case .unknown: throw Problem(.leaseUnknown, lease: body.lease)
        }
    }
}
