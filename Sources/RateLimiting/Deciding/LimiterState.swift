import HeapModule

/// The limiter as a value: events and the time go in, decisions come out. No clock, no lock, no tasks.
///
/// A request that may start in time but not at once becomes a waiter. Its units are booked at the start that it would
/// have, or it queues for a slot in flight; whatever changes its prospects (a release, another waiter's leaving, a new
/// table, a pause) moves its start or decides it at once. Decisions and events are collected and taken out by the
/// caller. Every event begins by bringing the state to its time.
struct LimiterState: Sendable {
    var table: LimitTable
    var keys = KeyTable()
    var leases: LeaseTable
    var pauses: [PauseScope: Pause] = [:]
    var waiters: [WaiterID: Waiter] = [:]
    var wakes = Heap<Wake>()
    /// Waiters whose start has come while no slot was free over all keys. Some have left meanwhile, never the first.
    var ready = Heap<WaiterID>()
    var idempotent = IdempotentRequests()
    var instances = InstanceTable()
    var portion = Portion.whole
    var unknown: UnknownUse?
    var recovery: Recovery?
    var decisions: [(WaiterID, Result<Decision, AcquireError>)] = []
    var events: [LimiterEvent] = []
    /// Numbers waiters and bookings in their order.
    var arrivals: UInt64 = 0
    var isStopping = false
    let maxWaiters: Int
    let maxKeys: Int

    /// What an acquire comes to at once.
    enum Outcome: Sendable {
        case decided(Decision)
        case waiting(WaiterID)
    }

    /// - Parameters:
    ///   - maxWaiters: callers that may wait over all keys.
    ///   - maxKeys: keys that may be in use, besides those of hosts that the table names: what bounds the memory, since
    ///     callers invent keys.
    init(table: LimitTable, nonce: UInt64, maxWaiters: Int, maxKeys: Int = 1 << 20) {
        self.table = table
        self.maxWaiters = maxWaiters
        self.maxKeys = maxKeys
        leases = LeaseTable(nonce: nonce)
    }

    mutating func acquire(_ request: AcquireRequest, at now: Timestamp) throws(AcquireError) -> Outcome {
        advance(to: now)
        if request.idempotencyKey != nil {
            switch try idempotent.answer(to: request) {
            case .granted(let grant): return .decided(.granted(grant))
            case .waiting(let id): return .waiting(id)
            case nil: break
            }
        }
        let claims: NonEmpty<ResolvedClaim>
        switch try admit(request, at: now) {
        case .admitted(let admitted): claims = admitted
        case .denied(let denial): return .decided(.denied(denial))
        }
        let prospect = prospect(of: request, on: claims, at: now)
        guard prospect.start <= prospect.deadline else {
            return .decided(.denied(late(request, claims, prospect, at: now)))
        }
        let hasSlots = hasSlots(for: request, on: claims)
        if hasSlots, request.wait == .client || prospect.start <= now, mayBegin(request, at: now) {
            let grant = grant(request, on: claims, from: prospect.start, asked: now, at: now)
            idempotent.record(.granted(grant), to: request, at: now)
            return .decided(.granted(grant))
        }
        guard request.wait == .server, prospect.bound > 0 else {
            return .decided(.denied(crowded(request, claims, bound: prospect.bound, at: now)))
        }
        if let denial = tooManyWaiters(for: request, claims, at: now) { return .decided(.denied(denial)) }
        if isStopping { throw .stopping }
        let id = enqueue(request, on: claims, prospect, hasSlots: hasSlots, at: now)
        idempotent.record(.waiting(id), to: request, at: now)
        return .waiting(id)
    }

    /// Ends a lease. `unused` gives the units back as though they had never been granted.
    mutating func release(_ id: LeaseID, unused: Bool, at now: Timestamp) -> ReleaseResult {
        advance(to: now)
        switch leases.find(id) {
        case .unknown: return .unknown
        case .expired: return .expired
        case .released: return .alreadyReleased
        case .held(let place):
            end(place, isReleased: true, unused: unused, at: now)
            return .released
        }
    }

    /// Lets a lease live until `timeToLive` from now, in microseconds.
    mutating func renew(_ id: LeaseID, timeToLive: Int64, at now: Timestamp) -> RenewResult {
        advance(to: now)
        switch leases.find(id) {
        case .unknown: return .unknown
        case .expired: return .expired
        case .released: return .alreadyReleased
        case .held(let place):
            let expires = now.advanced(by: timeToLive)
            leases.renew(place, until: expires)
            return .renewed(expires: expires)
        }
    }

    /// Lets go what has expired and decides the waiters whose time has come.
    mutating func advance(to now: Timestamp) {
        while let (time, place) = leases.nextExpiry(), time <= now {
            end(place, isReleased: false, unused: false, at: now)
        }
        wakeWaiters(at: now)
        sweepIdleKeys(at: now)
    }

    /// Puts a new table in force for the next decision, waiters included. Logs, leases and pauses stay.
    mutating func apply(_ table: LimitTable, at now: Timestamp) {
        advance(to: now)
        self.table = table
        replan(waiters.values.flatMap(\.slots), at: now)
        admitReady(at: now)
    }

    /// Counts units that started before this state was made, so that a restart does not forget them.
    ///
    /// - Parameter starts: oldest first, none later than now.
    mutating func recall(_ starts: [(key: LimitKey, start: Timestamp)], at now: Timestamp) {
        for (key, start) in starts {
            guard let place = place(of: key, at: now), keys[place].log.newest ?? start <= start else { continue }
            keys[place].write(start, weight: 1)
        }
    }

    /// Counts units that were granted without being decided here. They stand no earlier than what has started
    /// meanwhile, which is only stricter, and in front of what is still to start.
    mutating func count(_ units: [UncheckedUnits], at now: Timestamp) {
        advance(to: now)
        var counted: [Int: [UncheckedUnits]] = [:]
        for units in units {
            guard let place = place(of: units.key, at: now) else { continue }
            counted[place, default: []].append(units)
        }
        replan(counted.keys.sorted(), counting: counted, at: now)
    }

    /// What a request takes where limits are in force.
    func counted(_ request: AcquireRequest, at start: Timestamp) -> [UncheckedUnits] {
        request.claims.compactMap { claim in
            guard let policy = table.policy(for: claim.key)?.terms, policy.mode == .enforce, policy.counts(request)
            else { return nil }
            return UncheckedUnits(key: claim.key, start: start, weight: claim.weight)
        }
    }

    /// Answers every waiter with ``AcquireError/stopping``; from now on nobody is made to wait.
    mutating func stop() {
        isStopping = true
        for (id, waiter) in waiters.sorted(by: { $0.key < $1.key }) { decide(id, waiter, .failure(.stopping)) }
    }

    /// When something happens by itself next; `nil` when nothing does that anybody waits for.
    mutating func nextWake() -> Timestamp? {
        guard !waiters.isEmpty else { return nil }
        while let wake = wakes.min, waiters[wake.waiter]?.due != wake.time { wakes.removeMin() }
        let expiry = leases.nextExpiry()?.time
        return [wakes.min?.time, expiry].compactMap(\.self).min()
    }

    /// Whether nobody waits, and nothing is to be told.
    var isQuiet: Bool { waiters.isEmpty && decisions.isEmpty && events.isEmpty }

    /// Decisions made for waiters since the last call.
    mutating func takeDecisions() -> [(WaiterID, Result<Decision, AcquireError>)] {
        guard !decisions.isEmpty else { return [] }
        defer { decisions = [] }
        return decisions
    }

    /// What happened to limits since the last call.
    mutating func takeEvents() -> [LimiterEvent] {
        guard !events.isEmpty else { return [] }
        defer { events = [] }
        return events
    }
}
