import DequeModule
import Synchronization

/// Limits that several instances share: each has a replica of the limiter, and all follow one log of commands.
///
/// What callers want is gathered while a batch is under way and goes with the next one, so a log that takes its time
/// decides more at once. A decision costs one exchange with the log, in which the instance learns what the others did
/// as well; it is the same one that a limiter in memory would have made, since it is the same code.
package final class ReplicatedBackend: SharedBackend {
    let log: any LimitLog
    let instance: Instance
    let spread: Spread
    /// How long an answer of the log is waited for.
    let patience: Duration
    let onFailure: FailurePolicy
    var failureMode: FailureMode { onFailure.mode }
    let report: @Sendable (LimiterEvent) -> Void
    let shared: Mutex<Shared>
    /// Numbers what the log is asked, one thing at a time, and what it has answered: without the lock, which others may
    /// hold when an answer comes.
    let asked = Atomic<UInt64>(0)
    let answered = Atomic<UInt64>(0)
    package let tableChanges: AsyncStream<Void>
    let tableChanged: AsyncStream<Void>.Continuation

    struct Shared {
        var replica: Replica
        var clock: LogClock
        var callers = WaitingCallers()
        /// What is to be sent with the next batch, in the order in which it came.
        var pending: [Pending] = []
        /// What was sent with the batch that is under way.
        var sent: [Pending] = []
        /// Whether a waiter's time has come.
        var isTickDue = false
        var isSending = false
        /// The batch of the exchange under way, where it matters whether it was appended.
        var doubtful: UInt64?
        /// Whether the log did not answer when it was last asked. Nobody waits for it then.
        var isAway = false
        /// Units that the log does not have: granted while it was away, or before it was begun anew by another instance
        /// that did not know of them. They are counted before anything else is asked for.
        var uncounted: [UncheckedUnits] = []
        /// What this instance has granted, and where the log had it; the newest of it.
        var granted: Deque<(position: LogPosition, units: [UncheckedUnits], lease: LeaseID?)> = []
        /// What its own waiters asked for.
        var requests: [WaiterID: AcquireRequest] = [:]
        var alarm: Alarm?
        /// Batches of which it is not known whether they were appended.
        var unconfirmed: Set<UInt64> = []
        /// Waiters whose callers have gone; their decisions may come before the news of that is appended.
        var abandoned: [WaiterID: AcquireRequest] = [:]
        var bytesSinceCheckpoint = 0
        var bytesOfCheckpoint = 0
        var isStopping = false
        /// The latest time for which this instance has called itself alive, and the share that it asked for then.
        var stated = Timestamp(microseconds: .min)
        var wanted: Share?
        /// What decides while it is cut off.
        var separation: Separation?
        /// Units that it granted by its share, since the others set that aside.
        var spent: [UncheckedUnits] = []
        /// Leases that it gave then, or that the log has lost, for the others to take over.
        var orphans: [SeparateLease] = []

        /// The log's time, as far as it is known here.
        func now() -> Timestamp { max(replica.time, clock.now()) }
    }

    /// Commands of one caller, none where only what others did is to be learnt, and what is done with their replies.
    struct Pending: Sendable {
        let commands: [LimiterCommand]
        let answer: @Sendable (Result<[Reply], any Error>) -> Void
    }

    /// What a command of this instance came to.
    struct Reply: Sendable {
        let reply: LimiterReply
        /// Who waits here, where it is to be waited for.
        var caller: WaitingCallers.ID?
    }

    struct Alarm {
        let time: Timestamp
        let task: Task<Void, Never>
    }

    deinit { tableChanged.finish() }

    private init(
        _ log: any LimitLog, _ replica: Replica, as instance: Instance, patience: Duration, onFailure: FailurePolicy,
        spread: Spread, report: @escaping @Sendable (LimiterEvent) -> Void
    ) {
        self.log = log
        self.instance = instance
        self.patience = patience
        self.onFailure = onFailure
        self.spread = spread
        self.report = report
        (tableChanges, tableChanged) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        shared = Mutex(Shared(replica: replica, clock: LogClock(replica.time)))
    }

    /// Joins a log, or begins it.
    ///
    /// - Parameters:
    ///   - table: in force where the log is new.
    ///   - patience: how long an answer of the log is waited for before everybody is told that it is out of reach.
    ///   - learning: microseconds; where the log is new, windows up to this long begin as though they were used up.
    ///   - spread: which of how many logs it is.
    ///   - report: called for what happens to limits, whichever instance brought it about.
    /// - Throws: ``LimitLogUnavailable``; ``MalformedBytes`` where another version of Weir keeps the log, or others have
    ///   spread the limits over another number of logs.
    package static func joining(
        _ log: any LimitLog, as instance: Instance, table: LimitTable, maxWaiters: Int = 100_000,
        patience: Duration = .milliseconds(50), onFailure: FailurePolicy = FailurePolicy(.deny), learning: Int64 = 0,
        spread: Spread = .none, report: @escaping @Sendable (LimiterEvent) -> Void = { _ in }
    ) async throws -> ReplicatedBackend {
        var state = LimiterState(table: table, nonce: spread.nonce, maxWaiters: maxWaiters)
        if learning > 0 { state.unknown = .past(UnknownUse.Past(reach: learning)) }
        let start = LogPosition(number: 0, mark: .random(in: .min ... .max))
        let fresh = Replica(state, at: start, Timestamp(microseconds: 0), of: spread.count)
        let isNew = try await log.begin(with: fresh.checkpoint)
        guard let checkpoint = isNew ? fresh.checkpoint : try await log.checkpoint() else {
            throw LimitLogUnavailable("the log has no checkpoint")
        }
        let replica = try await Replica.reading(checkpoint)
        guard replica.logs == spread.count else {
            throw MalformedBytes(
                "its limits are spread over \(replica.logs) logs, and here over \(spread.count)")
        }
        let backend = ReplicatedBackend(
            log, replica, as: instance, patience: patience, onFailure: onFailure, spread: spread, report: report)
        // What time it is there, before this instance says until when it was alive.
        try await backend.synchronize()
        try await backend.appear()
        return backend
    }

    package func begin(_ request: AcquireRequest) async throws -> Acquisition {
        try await begin([request])[0].get()
    }

    package func begin(_ requests: [AcquireRequest]) async throws -> [Result<Acquisition, AcquireError>] {
        try Task.checkCancellation()
        let mayWait = shared.withLock { !$0.isStopping }
        let replies: [Reply]
        do {
            replies = try await submit(requests.map { .acquire($0, mayWait: mayWait) })
        } catch is LimitLogUnavailable where failureMode == .allow {
            return uncheckedGrants(requests).map { $0.map { .decided(.granted($0)) } }
        } catch is LimitLogUnavailable where failureMode == .local {
            return try decideSeparately(requests)
        }
        var acquisitions: [Result<Acquisition, AcquireError>] = []
        for (request, reply) in zip(requests, replies) {
            guard case .acquired(let outcome) = reply.reply else { continue }
            acquisitions.append(
                outcome.map { outcome in
                    switch outcome {
                    case .decided(let decision): .decided(decision)
                    case .waiting: .pending(pending(reply.caller, request))
                    }
                })
        }
        if Task.isCancelled {
            for (request, acquisition) in zip(requests, acquisitions) where request.idempotencyKey == nil {
                guard case .success(.decided(.granted(let grant))) = acquisition else { continue }
                enqueue([.giveBack(grant, to: request)])
            }
            throw CancellationError()
        }
        return acquisitions
    }

    package func check(_ request: AcquireRequest) async throws -> Decision {
        do {
            return try await look { replica, now in
                Result { () throws(AcquireError) in try replica.check(request, at: now) }
            }.get()
        } catch let error as LimitLogUnavailable {
            guard let decision = try checkSeparately(request) else { throw error }
            return decision
        }
    }

    package func release(_ lease: LeaseID, unused: Bool) async throws -> ReleaseResult {
        if let result = separately(lease, { $0.release(lease, unused: unused, at: $1) }) { return result }
        guard case .released(let result) = try await submit(.release(lease, unused: unused)) else { return .unknown }
        return result
    }

    package func renew(_ lease: LeaseID, timeToLiveMilliseconds: Int) async throws -> RenewResult {
        let timeToLive = Int64(timeToLiveMilliseconds) * 1000
        if let result = separately(lease, { $0.renew(lease, timeToLive: timeToLive, at: $1) }) { return result }
        guard case .renewed(let result) = try await submit(.renew(lease, timeToLive: timeToLive)) else {
            return .unknown
        }
        return result
    }

    package func leases(_ request: ListRequest, client: String?) async throws -> ListPage<LeaseReport> {
        try await look { $0.leases(request, client: client, at: $1) }
    }

    package func report(_ outcome: UpstreamOutcome, of lease: LeaseID, host: String?) async throws -> Bool {
        if let isHeld = separately(lease, { $0.report(outcome, of: lease, host: host, at: $1) }) { return isHeld }
        guard case .reported(let isHeld) = try await submit(.report(outcome, lease, host: host)) else { return false }
        return isHeld
    }

    package func usage(_ request: ListRequest) async throws -> ListPage<Usage> {
        try await look { $0.usage(request, at: $1) }
    }

    package func reset(_ host: String, role: String?) async throws -> [LimitKey] {
        guard case .reset(let keys) = try await submit(.reset(host: host, role: role)) else { return [] }
        return keys
    }

    @discardableResult
    package func pause(_ scope: PauseScope, _ pause: Pause) async throws -> Pause {
        guard case .paused(let inForce) = try await submit(.pause(scope, pause)) else { return pause }
        return inForce
    }

    package func resume(_ scope: PauseScope) async throws -> [PauseScope: Pause] {
        guard case .resumed(let ended) = try await submit(.resume(scope)) else { return [:] }
        return ended
    }

    package func table() -> LimitTable { shared.withLock(\.replica.table) }

    @discardableResult
    package func apply(_ table: LimitTable) async throws -> Bool {
        guard case .applied(let isNewer) = try await submit(.apply(table)) else { return false }
        return isNewer
    }

    package func instances() async throws -> [InstanceReport] { try await look { $0.instances.known(at: $1) } }

    package func isReachable() -> Bool { shared.withLock { !$0.isAway } }

    package func totals() -> LimiterTotals {
        shared.withLock { shared in
            let totals = shared.replica.totals(at: shared.now())
            let alone = shared.separation?.state.totals.inFlight ?? 0
            return LimiterTotals(inFlight: totals.inFlight + alone, waiting: totals.waiting, keys: totals.keys)
        }
    }

    package func now() -> Timestamp { shared.withLock { $0.now() } }

    package func stop() async {
        let (continuations, waiters) = shared.withLock { shared in
            shared.isStopping = true
            let waiters = shared.callers.awaited
            for id in waiters { shared.abandoned[id] = shared.replica.waiter(id)?.request }
            return (shared.callers.fail(waiters, AcquireError.stopping), waiters)
        }
        for (continuation, answer) in continuations { continuation.resume(returning: answer) }
        // Out of reach, they are decided for nobody when their time comes.
        _ = try? await submit(waiters.map { .cancel($0) } + [.left(instance.id)])
    }

    /// Looks at the replica as it is now, in place: a copy would be made again, whole, at the next decision.
    private func look<Value: Sendable>(_ body: (Replica, Timestamp) -> Value) async throws -> Value {
        try await synchronize()
        return shared.withLock { body($0.replica, $0.now()) }
    }
}
