import Synchronization

/// Limits of one process: ``LimiterState`` behind a lock, with a clock and the callers that wait.
///
/// The lock covers the decision, and setting the alarm for the next one; continuations are resumed, and events are
/// reported, after it is let go.
package final class MemoryBackend: LimitBackend {
    private let time: any TimeSource
    private let report: @Sendable (LimiterEvent) -> Void
    private let shared: Mutex<Shared>

    private struct Shared {
        var state: LimiterState
        var callers = WaitingCallers()
        var alarm: Alarm?
    }

    /// Wakes the state when something happens by itself that a waiter waits for.
    private struct Alarm {
        let time: Timestamp
        let task: Task<Void, Never>
    }

    /// - Parameters:
    ///   - wallClock: the time now, from which answers are counted.
    ///   - maxWaiters: callers that may wait over all keys before further ones are denied at once.
    ///   - maxKeys: keys that may be in use, besides those of hosts that the table names.
    ///   - learning: microseconds; windows up to this long begin as though they were used up.
    ///   - report: called after a decision for what happened to limits meanwhile, from whatever task brought it about.
    package init(
        table: LimitTable, clock: some Clock<Duration>, wallClock: Timestamp, maxWaiters: Int = 100_000,
        maxKeys: Int = 1 << 20, learning: Int64 = 0,
        report: @escaping @Sendable (LimiterEvent) -> Void = { _ in }
    ) {
        time = LimiterClock(clock, wallClock: wallClock)
        self.report = report
        var state = LimiterState(
            table: table, nonce: .random(in: .min ... .max), maxWaiters: maxWaiters, maxKeys: maxKeys)
        if learning > 0 { state.unknown = .past(UnknownUse.Past(reach: learning, begun: wallClock)) }
        shared = Mutex(Shared(state: state))
    }

    package func begin(_ request: AcquireRequest) async throws -> Acquisition {
        try Task.checkCancellation()
        return try transact { decide(request, &$0, at: $1) }.get()
    }

    package func begin(_ requests: [AcquireRequest]) async throws -> [Result<Acquisition, AcquireError>] {
        try Task.checkCancellation()
        return transact { shared, now in requests.map { decide($0, &shared, at: now) } }
    }

    package func check(_ request: AcquireRequest) async throws -> Decision {
        try transact { shared, now in
            shared.state.advance(to: now)
            return Result { () throws(AcquireError) in try shared.state.check(request, at: now) }
        }.get()
    }

    /// Counts units that an earlier process started, so that a restart is no way around the limits.
    ///
    /// - Parameter starts: oldest first; those later than now count as starting now.
    package func recall(_ starts: [(key: LimitKey, start: Timestamp)]) {
        transact { shared, now in shared.state.recall(starts.map { ($0.key, min($0.start, now)) }, at: now) }
    }

    package func release(_ lease: LeaseID, unused: Bool) -> ReleaseResult {
        transact { $0.state.release(lease, unused: unused, at: $1) }
    }

    package func renew(_ lease: LeaseID, timeToLiveMilliseconds: Int) -> RenewResult {
        transact { $0.state.renew(lease, timeToLive: Int64(timeToLiveMilliseconds) * 1000, at: $1) }
    }

    package func leases(_ request: ListRequest, client: String?) -> ListPage<LeaseReport> {
        transact { shared, now in
            shared.state.advance(to: now)
            return shared.state.leases(request, client: client, at: now)
        }
    }

    package func report(_ outcome: UpstreamOutcome, of lease: LeaseID, host: String?) -> Bool {
        transact { $0.state.report(outcome, of: lease, host: host, at: $1) }
    }

    package func usage(_ request: ListRequest) -> ListPage<Usage> {
        transact { shared, now in
            shared.state.advance(to: now)
            return shared.state.usage(request, at: now)
        }
    }

    package func reset(_ host: String, role: String?) -> [LimitKey] {
        transact { $0.state.reset(host, role: role, at: $1) }
    }

    @discardableResult
    package func pause(_ scope: PauseScope, _ pause: Pause) -> Pause {
        transact { $0.state.pause(scope, pause, at: $1) }
    }

    package func resume(_ scope: PauseScope) -> [PauseScope: Pause] {
        transact { $0.state.resume(scope, at: $1) }
    }

    package func table() -> LimitTable {
        shared.withLock { $0.state.table }
    }

    @discardableResult
    package func apply(_ table: LimitTable) -> Bool {
        transact { shared, now in
            guard table.version > shared.state.table.version else { return false }
            shared.state.apply(table, at: now)
            return true
        }
    }

    package func instances() -> [InstanceReport] { [] }

    package func isReachable() -> Bool { true }

    package func totals() -> LimiterTotals {
        transact { shared, now in
            shared.state.advance(to: now)
            return shared.state.totals
        }
    }

    package func now() -> Timestamp { time.now() }

    package func stop() {
        transact { shared, _ in shared.state.stop() }
    }

    /// Runs one event through the state and afterwards hands out what it decided for waiters.
    private func transact<Result: Sendable>(_ event: (inout Shared, Timestamp) -> Result) -> Result {
        let (result, consequences) = shared.withLock { shared in
            // The clock is read inside, so that events reach the state in the order of their times.
            let result = event(&shared, time.now())
            return (result, takeConsequences(&shared))
        }
        if let consequences {
            consequences.superseded?.cancel()
            for (continuation, decision) in consequences.resumptions { continuation.resume(returning: decision) }
            for event in consequences.events { report(event) }
        }
        return result
    }

    /// What is left to do once the lock is let go; nearly always nothing.
    private struct Consequences {
        let resumptions: [(WaitingCallers.Continuation, WaitingCallers.Answer)]
        let events: [LimiterEvent]
        let superseded: Task<Void, Never>?
    }

    private func takeConsequences(_ shared: inout Shared) -> Consequences? {
        guard !shared.state.isQuiet else { return nil }
        return Consequences(
            resumptions: shared.callers.meet(shared.state.takeDecisions()), events: shared.state.takeEvents(),
            superseded: setAlarm(&shared))
    }

    /// One alarm serves all waiters.
    ///
    /// - Returns: the task of the alarm that is no longer needed.
    private func setAlarm(_ shared: inout Shared) -> Task<Void, Never>? {
        guard let next = shared.state.nextWake(), shared.alarm.map({ next < $0.time }) ?? true else { return nil }
        let task = Task {
            guard (try? await time.sleep(until: next)) != nil else { return }
            self.shared.withLock { if $0.alarm?.time == next { $0.alarm = nil } }
            transact { $0.state.advance(to: $1) }
        }
        defer { shared.alarm = Alarm(time: next, task: task) }
        return shared.alarm?.task
    }

    private func decide(
        _ request: AcquireRequest, _ shared: inout Shared, at now: Timestamp
    ) -> Result<Acquisition, AcquireError> {
        do {
            switch try shared.state.acquire(request, at: now) {
            case .decided(let decision):
                return .success(.decided(decision))
            case .waiting(let id):
                return .success(.pending(pending(shared.callers.enter(id), request)))
            }
        } catch {
            return .failure(error)
        }
    }

    private func pending(_ caller: WaitingCallers.ID, _ request: AcquireRequest) -> PendingAcquire {
        PendingAcquire { try await self.decision(for: caller, request) }
    }

    private func decision(for caller: WaitingCallers.ID, _ request: AcquireRequest) async throws -> Decision {
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let early = shared.withLock { $0.callers.wait(caller, continuation) }
                if let early { continuation.resume(returning: early) }
            }
        } onCancel: {
            let continuation = transact { shared, now in
                let (continuation, abandoned) = shared.callers.leave(caller)
                if let abandoned { _ = shared.state.cancel(abandoned, at: now) }
                return continuation
            }
            continuation?.resume(returning: nil)
        }
        guard let decision = try answer?.get() else { throw CancellationError() }
        // Granted and cancelled at the same moment. Under an idempotency key the caller can still come back for it.
        if Task.isCancelled, request.idempotencyKey == nil, case .granted(let grant) = decision {
            transact { $0.state.giveBack(grant, to: request, at: $1) }
            throw CancellationError()
        }
        return decision
    }
}
