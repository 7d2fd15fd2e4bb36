import Fetching
import RateLimiting

/// Permission for remote callers, whatever protocol they speak: validates a request, waits for its decision, and returns it.
///
/// It fails with ``InvalidFields`` for a request that cannot be accepted as it is, `AcquireError` for one that could never be
/// granted, `LimitLogUnavailable` while the backend cannot be used, and `CancellationError` when the caller disconnects.
struct TokenService: Sendable {
    let limits: any LimitBackend

    /// A request that was valid, and the decision on it.
    struct Answer: Sendable {
        let request: AcquireRequest
        let decision: Decision
    }

    /// Takes tokens. If the start lies in the future and the server is to wait for it, returns at the start.
    ///
    /// - Parameters:
    ///   - idempotencyKey: as the caller sent it.
    ///   - connection: when it is lost, the wait ends and nothing is taken. A lease that the caller is never told of is given
    ///     back, unless a caller with an idempotency key may come again for it.
    func acquire(
        _ body: AcquireBody, idempotencyKey: String?, over connection: some CallerConnection
    ) async throws -> Answer {
        let request = try body.request(idempotencyKey: try idempotencyKey.map(IdempotencyKey.validated))
        let decision: Decision
        switch try await limits.begin(request) {
        case .decided(let decided): decision = decided
        case .pending(let pending): decision = try await connection.whileConnected { try await pending.decision() }
        }
        if idempotencyKey == nil, let lease = decision.lease { giveBack([lease], unlessDeliveredOver: connection) }
        return Answer(request: request, decision: decision)
    }

    /// Ends leases if the caller disconnects before it is told of them: nobody else knows their names.
    func giveBack(_ leases: [LeaseID], unlessDeliveredOver connection: some CallerConnection) {
        guard !leases.isEmpty else { return }
        connection.ifUndelivered { Task { await giveBack(leases) } }
    }

    /// Ends leases that nobody will be told of.
    func giveBack(_ leases: [LeaseID]) async {
        for lease in leases {
            // If the backend is unavailable, the lease expires by itself.
            _ = try? await limits.release(lease, unused: true)
        }
    }

    /// What an acquire would be answered now. Nothing is taken.
    func check(_ body: AcquireBody) async throws -> Answer {
        let request = try body.request(idempotencyKey: nil)
        let decision = try await limits.check(request)
        return Answer(request: request, decision: decision)
    }

    /// Ends a lease, and learns from what the upstream answered.
    func release(_ body: ReleaseBody) async throws -> ReleaseResult {
        let outcome = try body.outcome?.outcome(now: await limits.now())
        guard let lease = LeaseID(body.lease) else { return .unknown }
        if let outcome {
            // A lease that has ended is told by the release.
            _ = try await limits.report(outcome, of: lease, host: body.outcome?.host.flatMap(HostName.canonical))
        }
        return try await limits.release(lease, unused: body.unused ?? false)
    }

    func renew(_ body: RenewBody) async throws -> RenewResult {
        let timeToLive = body.leaseTTLMilliseconds ?? AcquireBody.defaultLeaseTTL
        guard AcquireBody.leaseTTL.contains(timeToLive) else {
            throw InvalidFields([.outside("lease_ttl_ms", AcquireBody.leaseTTL)])
        }
        guard let lease = LeaseID(body.lease) else { return .unknown }
        return try await limits.renew(lease, timeToLiveMilliseconds: timeToLive)
    }
}

extension Decision {
    /// What was granted to be held.
    var lease: LeaseID? { if case .granted(let grant) = self { grant.lease } else { nil } }
}
