import HeapModule
import OrderedCollections

/// The limiter as a value: events and the time go in, decisions come out. No clock, no lock, no tasks.
///
/// Waiters are those whose windows allow a start in time but whose slot in flight is not free yet; they are decided,
/// in arrival order, by releases, expiries and changes of the table. Decisions made for them are collected and taken
/// out with ``takeDecisions()``.
struct LimiterState: Sendable {
    var table: LimitTable
    var inFlight = 0
    var keys: [LimitKey: KeyState] = [:]
    var leases: [UInt64: Lease] = [:]
    var expiries = Heap<Expiry>()
    var ended = EndedLeases(capacity: 65_536)
    var pauses: [String: Timestamp] = [:]
    var waiters = OrderedDictionary<WaiterID, Waiter>()
    var decisions: [(WaiterID, Decision)] = []
    var nextLease: UInt64 = 1
    var nextWaiter: UInt64 = 1
    /// Doubles with what is in use, so that dropping idle keys costs a constant per key made.
    var sweepAt = 1024
    let nonce: UInt64
    let maxWaiters: Int

    struct KeyState: Sendable {
        var policy: Policy
        var tableVersion: Int
        var log = WindowLog()
        var inFlight = 0
        var waiting = 0
    }

    struct Waiter: Sendable {
        let request: AcquireRequest
        /// How long it may wait in all, in microseconds.
        let bound: Int64
        let deadline: Timestamp
    }

    struct Expiry: Comparable, Sendable {
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

    /// Counts units that started before this state was made, so that a restart does not forget them.
    ///
    /// - Parameter starts: oldest first, none later than now.
    mutating func recall(_ starts: [(key: LimitKey, start: Timestamp)]) {
        for (key, start) in starts {
            guard let policy = refresh(key), keys[key]?.log.newest ?? start <= start else { continue }
            keys[key]?.log.append(start, weight: 1, reaching: policy.reach)
        }
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

/// Names a waiter within its limiter.
struct WaiterID: Hashable, Sendable {
    let number: UInt64
}
