import RateLimiting

/// Counts and logs what a limiter decides, whoever asks.
struct ObservedLimits: LimitBackend {
    let base: any LimitBackend
    let observer: LimiterObserver

    func begin(_ request: AcquireRequest) async throws -> Acquisition {
        do {
            return observed(try await base.begin(request), request)
        } catch {
            observer.failed(request, error)
            throw error
        }
    }

    func begin(_ requests: [AcquireRequest]) async throws -> [Result<Acquisition, AcquireError>] {
        let results: [Result<Acquisition, AcquireError>]
        do {
            results = try await base.begin(requests)
        } catch {
            for request in requests { observer.failed(request, error) }
            throw error
        }
        return zip(results, requests).map { result, request in
            switch result {
            case .success(let acquisition):
                return .success(observed(acquisition, request))
            case .failure(let error):
                observer.failed(request, error)
                return .failure(error)
            }
        }
    }

    private func observed(_ acquisition: Acquisition, _ request: AcquireRequest) -> Acquisition {
        switch acquisition {
        case .decided(let decision):
            observer.decided(request, decision)
            return acquisition
        case .pending(let pending):
            return .pending(
                PendingAcquire { [observer] in
                    do {
                        let decision = try await pending.decision()
                        observer.decided(request, decision)
                        return decision
                    } catch {
                        observer.failed(request, error)
                        throw error
                    }
                })
        }
    }

    func check(_ request: AcquireRequest) async throws -> Decision { try await base.check(request) }

    func release(_ lease: LeaseID, unused: Bool) async throws -> ReleaseResult {
        try await base.release(lease, unused: unused)
    }

    func renew(_ lease: LeaseID, timeToLiveMilliseconds: Int) async throws -> RenewResult {
        try await base.renew(lease, timeToLiveMilliseconds: timeToLiveMilliseconds)
    }

    func leases(_ request: ListRequest, client: String?) async throws -> ListPage<LeaseReport> {
        try await base.leases(request, client: client)
    }

    func report(_ outcome: UpstreamOutcome, of lease: LeaseID, host: String?) async throws -> Bool {
        try await base.report(outcome, of: lease, host: host)
    }

    func usage(_ request: ListRequest) async throws -> ListPage<Usage> { try await base.usage(request) }

    func reset(_ host: String, role: String?) async throws -> [LimitKey] { try await base.reset(host, role: role) }

    func pause(_ scope: PauseScope, _ pause: Pause) async throws -> Pause { try await base.pause(scope, pause) }

    func resume(_ scope: PauseScope) async throws -> [PauseScope: Pause] { try await base.resume(scope) }

    func table() async -> LimitTable {
        let table = await base.table()
        observer.applied(table)
        return table
    }

    func apply(_ table: LimitTable) async throws -> Bool {
        let isApplied = try await base.apply(table)
        if isApplied { observer.applied(table) }
        return isApplied
    }

    func instances() async throws -> [InstanceReport] { try await base.instances() }

    func isReachable() async -> Bool { await base.isReachable() }

    func totals() async -> LimiterTotals { await base.totals() }

    func now() async -> Timestamp { await base.now() }

    func stop() async { await base.stop() }
}
