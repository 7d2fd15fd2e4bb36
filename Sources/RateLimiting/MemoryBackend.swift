import Synchronization

/// Limits of one process: ``LimiterState`` behind a lock, with a clock and the callers that wait.
///
/// The lock covers the decision, and setting the alarm for it; continuations are resumed after it is let go.
package final class MemoryBackend<C: Clock>: LimitBackend where C.Duration == Duration {
    private let clock: C
    /// Wall-clock time and clock reading at the start. The difference since then is added to the first, so the time
    /// in answers looks like the wall clock's and yet never steps back.
    private let epoch: Timestamp
    private let origin: C.Instant
    private let shared: Mutex<Shared>

    private struct Shared {
        var state: LimiterState
        var callers: [WaiterID: Caller] = [:]
        var alarm: Alarm?

        /// Pairs fresh decisions with the tasks that wait for them.
        mutating func meet() -> [(CheckedContinuation<Decision?, Never>, Decision)] {
            state.takeDecisions().compactMap { id, decision in
                if case .waiting(let continuation) = callers.removeValue(forKey: id) {
                    return (continuation, decision)
                }
                callers[id] = .decided(decision)
                return nil
            }
        }
    }

    /// Lets go of the next lease to expire while somebody waits for its slot.
    private struct Alarm {
        let time: Timestamp
        let task: Task<Void, Never>
    }

    /// One side of a meeting: whichever of the waiting task and its decision comes first waits for the other.
    private enum Caller {
        case waiting(CheckedContinuation<Decision?, Never>)
        case decided(Decision?)
    }

    /// - Parameters:
    ///   - wallClock: the time now, from which answers are counted.
    ///   - maxWaiters: callers that may wait for a slot in flight before further ones are denied at once.
    package init(document: LimitsDocument, clock: C, wallClock: Timestamp, maxWaiters: Int = 10_000) {
        self.clock = clock
        epoch = wallClock
        origin = clock.now
        let table = LimitTable(version: 1, document: document)
        shared = Mutex(
            Shared(state: LimiterState(table: table, nonce: .random(in: .min ... .max), maxWaiters: maxWaiters)))
    }

    package func acquire(_ request: AcquireRequest) async throws -> Decision {
        try Task.checkCancellation()
        let decision: Decision
        switch try transact({ state, now in Result { try state.acquire(request, at: now) } }).get() {
        case .decided(let decided): decision = decided
        case .waiting(let id, let deadline): decision = try await wait(id, until: deadline)
        }
        if case .granted(let grant) = decision, request.wait == .server {
            do {
                try await sleep(until: grant.start)
            } catch {
                transact { $0.giveBack(grant, at: $1) }
                throw error
            }
        }
        return decision
    }

    /// Counts units that an earlier process started, so that a restart is no way around the limits.
    ///
    /// - Parameter starts: oldest first; those later than now count as starting now.
    package func recall(_ starts: [(key: LimitKey, start: Timestamp)]) {
        transact { state, now in state.recall(starts.map { ($0.key, min($0.start, now)) }) }
    }

    package func release(_ lease: LeaseID, unused: Bool) -> ReleaseResult {
        transact { $0.release(lease, unused: unused, at: $1) }
    }

    package func pause(_ host: String, until time: Timestamp) {
        transact { $0.pause(host, until: time, at: $1) }
    }

    package func table() -> LimitTable {
        shared.withLock { $0.state.table }
    }

    package func apply(_ document: LimitsDocument, ifVersion expected: Int?) -> LimitTable? {
        transact { state, now in
            guard expected == nil || expected == state.table.version else { return nil }
            let table = LimitTable(version: state.table.version + 1, document: document)
            state.apply(table, at: now)
            return table
        }
    }

    package func inFlight() -> Int {
        transact { state, now in
            state.advance(to: now)
            return state.inFlight
        }
    }

    package func now() -> Timestamp {
        let elapsed = origin.duration(to: clock.now).components
        return epoch.advanced(by: elapsed.seconds * 1_000_000 + elapsed.attoseconds / 1_000_000_000_000)
    }

    /// Runs one event through the state and afterwards hands out the decisions it made for waiters.
    private func transact<Result: Sendable>(_ event: (inout LimiterState, Timestamp) -> Result) -> Result {
        let (result, resumptions, superseded) = shared.withLock { shared in
            // The clock is read inside, so that events reach the state in the order of their times.
            let result = event(&shared.state, now())
            return (result, shared.meet(), setAlarm(&shared))
        }
        superseded?.cancel()
        for (continuation, decision) in resumptions {
            continuation.resume(returning: decision)
        }
        return result
    }

    /// One alarm serves all waiters. A lease granted meanwhile may expire before the one it was set for.
    ///
    /// - Returns: the task of the alarm that is no longer needed.
    private func setAlarm(_ shared: inout Shared) -> Task<Void, Never>? {
        guard let next = shared.state.nextWake, shared.alarm.map({ next < $0.time }) ?? true else { return nil }
        let task = Task {
            guard (try? await sleep(until: next)) != nil else { return }
            self.shared.withLock { if $0.alarm?.time == next { $0.alarm = nil } }
            transact { $0.advance(to: $1) }
        }
        defer { shared.alarm = Alarm(time: next, task: task) }
        return shared.alarm?.task
    }

    /// Waits for the decision on a waiter, which is made at its deadline at the latest.
    private func wait(_ id: WaiterID, until deadline: Timestamp) async throws -> Decision {
        async let _ = keepTime(until: deadline)
        guard let decision = await decision(on: id) else { throw CancellationError() }
        return decision
    }

    private func keepTime(until deadline: Timestamp) async {
        guard (try? await sleep(until: deadline)) != nil else { return }
        transact { $0.advance(to: $1) }
    }

    /// The decision, or `nil` when the task was cancelled first.
    private func decision(on id: WaiterID) async -> Decision? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let early: Decision?? = shared.withLock { shared in
                    if case .decided(let decision) = shared.callers.removeValue(forKey: id) { return .some(decision) }
                    shared.callers[id] = .waiting(continuation)
                    return .none
                }
                if let early { continuation.resume(returning: early) }
            }
        } onCancel: {
            guard transact({ $0.cancel(id, at: $1) }) else { return }
            let continuation: CheckedContinuation<Decision?, Never>? = shared.withLock { shared in
                if case .waiting(let continuation) = shared.callers.removeValue(forKey: id) { return continuation }
                shared.callers[id] = .decided(nil)
                return nil
            }
            continuation?.resume(returning: nil)
        }
    }

    private func sleep(until time: Timestamp) async throws {
        let microseconds = time.microseconds(since: now())
        guard microseconds > 0 else { return }
        try await clock.sleep(until: clock.now.advanced(by: .microseconds(microseconds)), tolerance: nil)
    }
}
