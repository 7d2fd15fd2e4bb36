import HeapModule
import OrderedCollections

/// The limiter as a value: events and the time go in, decisions come out. No clock, no lock, no tasks.
///
/// Waiters are those whose windows allow a start in time but whose slot in flight is not free yet; they are decided,
/// in arrival order, by releases, expiries and changes of the table. Decisions made for them are collected and taken
/// out with ``takeDecisions()``.
struct LimiterState: Sendable {
    private(set) var table: LimitTable
    private(set) var inFlight = 0
    private var keys: [LimitKey: KeyState] = [:]
    private var leases: [UInt64: Lease] = [:]
    private var expiries = Heap<Expiry>()
    private var ended = EndedLeases(capacity: 65_536)
    private var pauses: [String: Timestamp] = [:]
    private var waiters = OrderedDictionary<WaiterID, Waiter>()
    private var decisions: [(WaiterID, Decision)] = []
    private var nextLease: UInt64 = 1
    private var nextWaiter: UInt64 = 1
    /// Doubles with what is in use, so that dropping idle keys costs a constant per key made.
    private var sweepAt = 1024
    private let nonce: UInt64
    private let maxWaiters: Int

    struct KeyState: Sendable {
        var policy: Policy
        var tableVersion: Int
        var log = WindowLog()
        var inFlight = 0
        var waiting = 0
    }

    private struct Waiter: Sendable {
        let request: AcquireRequest
        /// How long it may wait in all, in microseconds.
        let bound: Int64
        let deadline: Timestamp
    }

    private struct Expiry: Comparable, Sendable {
        let time: Timestamp
        let lease: UInt64

        static func < (left: Expiry, right: Expiry) -> Bool {
            (left.time, left.lease) < (right.time, right.lease)
        }
    }

    /// What an acquire comes to at once.
    enum Outcome: Sendable {
        case decided(Decision)
        case waiting(WaiterID, until: Timestamp)
    }

    init(table: LimitTable, nonce: UInt64, maxWaiters: Int) {
        self.table = table
        self.nonce = nonce
        self.maxWaiters = maxWaiters
    }

    mutating func acquire(_ request: AcquireRequest, at now: Timestamp) throws(AcquireError) -> Outcome {
        expireLeases(at: now)
        let bound = try admit(request, at: now)
        let deadline = now.advanced(by: bound)
        let behindWaiters = request.hold && request.claims.contains { (keys[$0.key]?.waiting ?? 0) > 0 }
        switch attempt(request, at: now, deadline: deadline, bound: bound) {
        case .started(let grant) where !behindWaiters:
            return .decided(.granted(take(request, grant)))
        case .late(let denial):
            return .decided(.denied(denial))
        case .started, .full:
            guard request.wait == .server, bound > 0 else {
                return .decided(.denied(crowded(request, at: now, bound: bound)))
            }
            guard waiters.count < maxWaiters else {
                let violation = Violation(key: request.claims[0].key, limit: .maxWaiters(maxWaiters))
                return .decided(.denied(denial(request, at: now, until: now.advanced(by: 1), [violation])))
            }
            return .waiting(enqueue(request, bound: bound, deadline: deadline), until: deadline)
        }
    }

    /// Ends a lease. `unused` gives the units back as though they had never been granted.
    mutating func release(_ id: LeaseID, unused: Bool, at now: Timestamp) -> ReleaseResult {
        expireLeases(at: now)
        guard id.nonce == nonce, id.number < nextLease, id.number > 0 else { return .unknown }
        guard let lease = leases[id.number] else {
            return ended.wasReleased(id.number) ? .alreadyReleased : .expired
        }
        if unused {
            for claim in lease.taken {
                keys[claim.key]?.log.giveBack(lease.start, weight: claim.weight)
            }
        }
        ended.recordRelease(of: id.number)
        end(id.number, lease)
        admitWaiters(at: now)
        return .released
    }

    /// What a timer calls: lets expired leases go and decides the waiters that this frees or whose time is up.
    mutating func advance(to now: Timestamp) {
        expireLeases(at: now)
        admitWaiters(at: now)
    }

    /// A waiter's caller has gone and its place is free; `false` when it was decided before.
    mutating func cancel(_ id: WaiterID, at now: Timestamp) -> Bool {
        guard let waiter = waiters.removeValue(forKey: id) else { return false }
        leave(waiter)
        admitWaiters(at: now)
        return true
    }

    /// Units booked for a start that its caller did not live to see.
    mutating func giveBack(_ grant: Grant, at now: Timestamp) {
        if let lease = grant.lease {
            _ = release(lease, unused: true, at: now)
        } else {
            for claim in grant.taken {
                keys[claim.key]?.log.giveBack(grant.start, weight: claim.weight)
            }
        }
    }

    /// Puts a new table in force for the next decision, waiters included. Logs, leases and pauses stay.
    mutating func apply(_ table: LimitTable, at now: Timestamp) {
        self.table = table
        admitWaiters(at: now)
    }

    /// Closes a host until a time; a pause is never shortened by a later, shorter one.
    mutating func pause(_ host: String, until time: Timestamp, at now: Timestamp) {
        pauses = pauses.filter { $0.value > now }
        pauses[host] = max(time, pauses[host] ?? time)
    }

    /// Decisions made for waiters since the last call.
    mutating func takeDecisions() -> [(WaiterID, Decision)] {
        guard !decisions.isEmpty else { return [] }
        defer { decisions = [] }
        return decisions
    }

    /// When a lease expires that may decide a waiter; `nil` when none waits.
    var nextWake: Timestamp? { waiters.isEmpty ? nil : expiries.min?.time }
}

// MARK: - Deciding

extension LimiterState {
    private enum Attempt {
        case started(Timestamp)
        /// The windows allow no start in time.
        case late(Denial)
        /// The windows would allow a start, but no slot in flight is free.
        case full
    }

    /// Checks the request against the table and returns how long it may wait, in microseconds.
    private mutating func admit(_ request: AcquireRequest, at now: Timestamp) throws(AcquireError) -> Int64 {
        guard !request.claims.isEmpty else { throw .noClaims }
        if keys.count >= sweepAt { dropIdleKeys(at: now) }
        var bound = request.maxWaitMilliseconds ?? .max
        for (index, claim) in request.claims.enumerated() {
            guard claim.weight >= 1 else { throw .weightBelowOne(claim: index) }
            guard !request.claims[..<index].contains(where: { $0.key == claim.key }) else {
                throw .repeatedKey(claim: index)
            }
            guard let policy = refresh(claim.key) else { throw .unknownRole(claim: index, role: claim.key.role) }
            guard claim.weight <= policy.heaviestClaim else {
                throw .weightExceedsLimit(claim: index, key: claim.key, heaviest: policy.heaviestClaim)
            }
            bound = min(bound, policy.maxDelayMilliseconds)
        }
        return Int64(max(0, bound)) * 1000
    }

    /// The key's policy under the table in force, made current if the table has changed since its last use.
    @discardableResult
    private mutating func refresh(_ key: LimitKey) -> Policy? {
        if let state = keys[key], state.tableVersion == table.version { return state.policy }
        guard let policy = table.policy(for: key) else { return nil }
        keys[key, default: KeyState(policy: policy, tableVersion: table.version)].policy = policy
        keys[key]?.tableVersion = table.version
        return policy
    }

    private func counts(_ request: AcquireRequest, _ key: LimitKey) -> Bool {
        !request.isHead || keys[key]?.policy.countHead == true
    }

    private func attempt(
        _ request: AcquireRequest, at now: Timestamp, deadline: Timestamp, bound: Int64
    ) -> Attempt {
        var start = now
        for claim in request.claims {
            guard let state = keys[claim.key] else { continue }
            if counts(request, claim.key) {
                start = max(
                    start, state.log.earliestStart(of: claim.weight, under: state.policy.windows, at: now))
            }
            if let pause = pauses[claim.key.host] { start = max(start, pause) }
        }
        if start > deadline {
            return .late(late(request, start: start, deadline: deadline, bound: bound, at: now))
        }
        return hasRoom(request) ? .started(start) : .full
    }

    private func hasRoom(_ request: AcquireRequest) -> Bool {
        guard request.hold else { return true }
        return inFlight < table.document.globalMaxInflight
            && request.claims.allSatisfy { claim in
                guard let state = keys[claim.key], let most = state.policy.maxConcurrent else { return true }
                return state.inFlight < most
            }
    }

    private mutating func take(_ request: AcquireRequest, _ start: Timestamp) -> Grant {
        let taken = request.claims.filter { counts(request, $0.key) }
        for claim in taken {
            if let reach = keys[claim.key]?.policy.reach {
                keys[claim.key]?.log.append(start, weight: claim.weight, reaching: reach)
            }
        }
        var id: LeaseID?
        var expires: Timestamp?
        if request.hold {
            let end = start.advanced(by: Int64(request.leaseTTLMilliseconds) * 1000)
            leases[nextLease] = Lease(claims: request.claims, taken: taken, start: start, expires: end)
            expiries.insert(Expiry(time: end, lease: nextLease))
            id = LeaseID(nonce: nonce, number: nextLease)
            expires = end
            nextLease += 1
            inFlight += 1
            for claim in request.claims { keys[claim.key]?.inFlight += 1 }
        }
        return Grant(
            lease: id, start: start, expires: expires, usage: usage(request, at: start), tableVersion: table.version,
            taken: taken)
    }

    private mutating func expireLeases(at now: Timestamp) {
        var expired = false
        while let expiry = expiries.min, expiry.time <= now {
            expiries.removeMin()
            guard let lease = leases[expiry.lease] else { continue }
            end(expiry.lease, lease)
            expired = true
        }
        if expired { admitWaiters(at: now) }
    }

    private mutating func end(_ number: UInt64, _ lease: Lease) {
        leases[number] = nil
        // Released leases leave their expiry behind; once most are stale the heap is made anew.
        if expiries.count > 1024, expiries.count > 2 * leases.count {
            expiries = Heap(leases.map { Expiry(time: $0.value.expires, lease: $0.key) })
        }
        inFlight -= 1
        for claim in lease.claims { keys[claim.key]?.inFlight -= 1 }
    }

    private mutating func dropIdleKeys(at now: Timestamp) {
        // By the windows in force: those of a key's last use may look back less far.
        for key in keys.keys { refresh(key) }
        keys = keys.filter { _, state in
            guard state.inFlight == 0, state.waiting == 0 else { return true }
            guard let newest = state.log.newest else { return false }
            return state.policy.windows.contains { newest.advanced(by: $0.interval) > now }
        }
        sweepAt = max(1024, keys.count * 2)
    }
}

// MARK: - Waiting

extension LimiterState {
    private mutating func enqueue(_ request: AcquireRequest, bound: Int64, deadline: Timestamp) -> WaiterID {
        let id = WaiterID(number: nextWaiter)
        nextWaiter += 1
        waiters[id] = Waiter(request: request, bound: bound, deadline: deadline)
        for claim in request.claims { keys[claim.key]?.waiting += 1 }
        return id
    }

    private mutating func leave(_ waiter: Waiter) {
        for claim in waiter.request.claims { keys[claim.key]?.waiting -= 1 }
    }

    /// Decides, in arrival order, every waiter that can be decided now; one that cannot holds up its keys.
    private mutating func admitWaiters(at now: Timestamp) {
        guard !waiters.isEmpty else { return }
        var held: Set<LimitKey> = []
        var undecided = OrderedDictionary<WaiterID, Waiter>()
        let queue = waiters
        for (id, waiter) in queue {
            for claim in waiter.request.claims { refresh(claim.key) }
            let isFirst = !waiter.request.claims.contains { held.contains($0.key) }
            var decision: Decision?
            switch attempt(waiter.request, at: now, deadline: max(waiter.deadline, now), bound: waiter.bound) {
            case .started(let start) where isFirst: decision = .granted(take(waiter.request, start))
            case .late(let denial): decision = .denied(denial)
            case .started, .full:
                if waiter.deadline <= now { decision = .denied(crowded(waiter.request, at: now, bound: waiter.bound)) }
            }
            if let decision {
                leave(waiter)
                decisions.append((id, decision))
            } else {
                undecided[id] = waiter
                held.formUnion(waiter.request.claims.lazy.map(\.key))
            }
        }
        waiters = undecided
    }
}

// MARK: - Explaining

extension LimiterState {
    private func denial(
        _ request: AcquireRequest, at now: Timestamp, until retryAt: Timestamp, _ violations: [Violation]
    ) -> Denial {
        Denial(
            retryAt: retryAt, violations: violations, usage: usage(request, at: now), tableVersion: table.version)
    }

    /// The windows or a pause say no: the same request would pass as soon as its start comes within its bounded wait.
    private func late(
        _ request: AcquireRequest, start: Timestamp, deadline: Timestamp, bound: Int64, at now: Timestamp
    ) -> Denial {
        var violations: [Violation] = []
        for claim in request.claims {
            guard let state = keys[claim.key] else { continue }
            if let pause = pauses[claim.key.host], pause > deadline {
                violations.append(Violation(key: claim.key, limit: .pause(until: pause)))
            }
            guard counts(request, claim.key) else { continue }
            for window in state.policy.windows where state.log.bound(of: claim.weight, under: window) > deadline {
                violations.append(Violation(key: claim.key, limit: .rate(window.rate)))
            }
        }
        if violations.isEmpty {
            // Nothing but the order of arrival: an earlier booking, late because of another key, stands in front.
            for claim in request.claims {
                guard let state = keys[claim.key], let newest = state.log.newest, newest > deadline else { continue }
                let latest = state.policy.windows.max {
                    state.log.bound(of: claim.weight, under: $0) < state.log.bound(of: claim.weight, under: $1)
                }
                // A key without windows keeps the order too: until the booking it is as good as paused.
                let limit = latest.map { Violation.Limit.rate($0.rate) } ?? .pause(until: newest)
                violations.append(Violation(key: claim.key, limit: limit))
            }
        }
        // A waiter whose bounded wait is partly over would pass earlier if it came again with all of it.
        return denial(request, at: now, until: max(now, start.advanced(by: -bound)), violations)
    }

    /// No slot in flight: the same request would pass, at the latest, when enough leases have expired.
    private func crowded(_ request: AcquireRequest, at now: Timestamp, bound: Int64) -> Denial {
        var violations: [Violation] = []
        var retryAt = now.advanced(by: 1)
        func require(_ limit: Violation.Limit, on key: LimitKey, below most: Int, of held: some Sequence<Lease>) {
            violations.append(Violation(key: key, limit: limit))
            let ends = held.map(\.expires).sorted()
            guard ends.count >= most, !ends.isEmpty else { return }
            let free = ends[min(ends.count - 1, max(0, ends.count - most))]
            // Only who waits here can come before the slot is free.
            retryAt = max(retryAt, request.wait == .server ? free.advanced(by: -bound) : free)
        }
        if inFlight >= table.document.globalMaxInflight {
            let most = table.document.globalMaxInflight
            require(.globalMaxInflight(most), on: request.claims[0].key, below: most, of: leases.values)
        }
        func requireSlot(on key: LimitKey) {
            guard let state = keys[key], let most = state.policy.maxConcurrent else { return }
            guard state.inFlight >= most || state.waiting > 0 else { return }
            let held = leases.values.lazy.filter { $0.claims.contains { $0.key == key } }
            require(.maxConcurrent(most), on: key, below: most, of: held)
        }
        for claim in request.claims { requireSlot(on: claim.key) }
        if violations.isEmpty {
            for key in keysInFront(of: request) { requireSlot(on: key) }
        }
        return denial(request, at: now, until: retryAt, violations)
    }

    /// The request's keys and those of all waiters in front: what one of them waits for holds up the others.
    private func keysInFront(of request: AcquireRequest) -> OrderedSet<LimitKey> {
        var keys = OrderedSet(request.claims.lazy.map(\.key))
        for waiter in waiters.values.reversed() where waiter.request.claims.contains(where: { keys.contains($0.key) }) {
            keys.formUnion(waiter.request.claims.lazy.map(\.key))
        }
        return keys
    }

    private func usage(_ request: AcquireRequest, at time: Timestamp) -> [Usage] {
        guard request.reportsUsage else { return [] }
        return request.claims.compactMap { claim in
            guard let state = keys[claim.key] else { return nil }
            let windows = state.policy.windows.map { window in
                Usage.WindowUsage(
                    rate: window.rate,
                    remaining: max(0, window.units - state.log.used(of: window, at: time)),
                    resets: state.log.firstFree(of: window, at: time)
                )
            }
            return Usage(key: claim.key, windows: windows, inFlight: state.inFlight)
        }
    }
}

/// Names a waiter within its limiter.
struct WaiterID: Hashable, Sendable {
    let number: UInt64
}
