import Fetching
import HTTPTypes
import Harvesting
import Hummingbird
import RateLimiting

/// `POST /v1/tokens/…`: permission for anybody who asks.
struct TokensController: Sendable {
    let limits: any LimitBackend

    func addRoutes(to routes: RouteTable) {
        routes.on(.post, "/v1/tokens/acquire") { request, _ in try await acquire(request) }
        routes.on(.post, "/v1/tokens/batch") { request, _ in try await batch(request) }
        routes.on(.post, "/v1/tokens/check") { request, _ in try await check(request) }
        routes.on(.post, "/v1/tokens/release") { request, _ in try await release(request) }
        routes.on(.post, "/v1/tokens/renew") { request, _ in try await renew(request) }
    }

    private func acquire(_ request: Request) async throws -> Response {
        let body = try await request.json(AcquireBody.self)
        let ask = try body.request(idempotencyKey: request.idempotencyKey())
        let decision: Decision
        do {
            switch try await limits.begin(ask) {
            case .decided(let decided): decision = decided
            case .pending(let pending):
                decision = try await ClientPresence.whileConnected { try await pending.decision() }
            }
        } catch let error as AcquireError {
            throw Problem(error, hasList: body.claims != nil)
        }
        switch decision {
        case .granted(let grant):
            if let lease = grant.lease, ask.idempotencyKey == nil { giveBackUnlessDelivered([lease]) }
            return try .json(
                AcquireAnswer(grant, to: ask), headers: RateLimitFields.fields(for: grant.usage, at: grant.start))
        case .denied(let denial):
            throw Problem(denial, of: ask)
        }
    }

    private func batch(_ request: Request) async throws -> Response {
        let bodies = try await request.json(BatchBody.self).requests
        guard (1...BatchBody.maximumRequests).contains(bodies.count) else {
            throw Page.invalid("requests", "must hold 1 to \(BatchBody.maximumRequests) requests")
        }
        let key = try request.idempotencyKey()
        let asks = try bodies.enumerated().map { index, body in
            try body.request(idempotencyKey: key.map { "\($0)#\(index)" }, at: "requests[\(index)].")
        }
        let begun = try await limits.begin(asks)
        let decisions = try await decisions(begun, isRepeatable: key != nil)
        if key == nil { giveBackUnlessDelivered(Self.leases(in: decisions)) }
        let answers = try zip(decisions, zip(asks, bodies)).enumerated().map { index, element -> BatchAnswer in
            let (decision, (ask, body)) = element
            switch decision {
            case .success(.granted(let grant)):
                return .granted(AcquireAnswer(grant, to: ask))
            case .success(.denied(let denial)):
                return .refused(Problem(denial, of: ask))
            case .failure(let error):
                guard let error = error as? AcquireError else { throw error }
                return .refused(Problem(error, hasList: body.claims != nil, at: "requests[\(index)]."))
            }
        }
        return try .json(["answers": answers])
    }

    /// Waits for those that are not decided yet, all at the same time.
    ///
    /// - Parameter isRepeatable: whether a client that has gone may ask again and be given the same.
    /// - Throws: `CancellationError` when the client has gone; then nobody holds what was granted.
    private func decisions(
        _ begun: [Result<Acquisition, AcquireError>], isRepeatable: Bool
    ) async throws -> [Result<Decision, any Error>] {
        var decisions: [Result<Decision, any Error>] = []
        var pending: [(index: Int, acquire: PendingAcquire)] = []
        for (index, result) in begun.enumerated() {
            switch result {
            case .success(.decided(let decision)): decisions.append(.success(decision))
            case .success(.pending(let acquire)):
                pending.append((index, acquire))
                decisions.append(.failure(AcquireError.stopping))
            case .failure(let error): decisions.append(.failure(error))
            }
        }
        guard !pending.isEmpty else { return decisions }
        let awaited = try await ClientPresence.whileConnected { [pending] in
            await withTaskGroup(of: Awaited.self) { group in
                for (index, acquire) in pending {
                    group.addTask {
                        let decision: Result<Decision, any Error>
                        do {
                            decision = .success(try await acquire.decision())
                        } catch {
                            decision = .failure(error)
                        }
                        return Awaited(index: index, decision: decision)
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
        }
        for answer in awaited { decisions[answer.index] = answer.decision }
        guard let error = decisions.lazy.compactMap(\.failure).first(where: { !($0 is AcquireError) }) else {
            return decisions
        }
        if !isRepeatable { await giveBack(Self.leases(in: decisions)) }
        throw error
    }

    private static func leases(in decisions: [Result<Decision, any Error>]) -> [LeaseID] {
        decisions.compactMap { if case .success(.granted(let grant)) = $0 { grant.lease } else { nil } }
    }

    /// Ends the leases if the client hangs up before it is told of them: nobody else knows their names.
    private func giveBackUnlessDelivered(_ leases: [LeaseID]) {
        guard !leases.isEmpty else { return }
        ClientPresence.current?.ifUndelivered { Task { await giveBack(leases) } }
    }

    /// Ends the leases that nobody will be told of.
    private func giveBack(_ leases: [LeaseID]) async {
        for lease in leases {
            // Out of reach, it ends by itself.
            _ = try? await limits.release(lease, unused: true)
        }
    }

    /// The decision of a request that had to wait, and the request's place in its batch.
    private struct Awaited {
        let index: Int
        let decision: Result<Decision, any Error>
    }

    private func check(_ request: Request) async throws -> Response {
        let body = try await request.json(AcquireBody.self)
        let ask = try body.request(idempotencyKey: nil)
        do {
            return try .json(CheckAnswer(try await limits.check(ask), on: ask))
        } catch let error as AcquireError {
            throw Problem(error, hasList: body.claims != nil)
        }
    }

    private func release(_ request: Request) async throws -> Response {
        let body = try await request.json(ReleaseBody.self)
        let outcome = try body.outcome?.outcome(now: await limits.now())
        guard let lease = LeaseID(body.lease) else { throw Problem(.leaseUnknown, lease: body.lease) }
        if let outcome {
            // A lease that has ended is told by the release.
            _ = try await limits.report(outcome, of: lease, host: body.outcome?.host.flatMap(HostName.canonical))
        }
        return try .json(ReleaseAnswer(await limits.release(lease, unused: body.unused ?? false), lease: body.lease))
    }

    private func renew(_ request: Request) async throws -> Response {
        let body = try await request.json(RenewBody.self)
        let timeToLive = body.leaseTTLMilliseconds ?? AcquireBody.defaultLeaseTTL
        guard AcquireBody.leaseTTL.contains(timeToLive) else {
            throw Problem(.outside("lease_ttl_ms", AcquireBody.leaseTTL))
        }
        guard let lease = LeaseID(body.lease) else { throw Problem(.leaseUnknown, lease: body.lease) }
        switch try await limits.renew(lease, timeToLiveMilliseconds: timeToLive) {
        case .renewed(let expires): return try .json(RenewAnswer(lease: body.lease, expiresAt: expires))
        case .alreadyReleased: throw Problem(.leaseReleased, lease: body.lease)
        case .expired: throw Problem(.leaseExpired, lease: body.lease)
        case .unknown: throw Problem(.leaseUnknown, lease: body.lease)
        }
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
