import DequeModule
import HeapModule

extension LimiterState {
    /// Milliseconds; what a document may say too.
    static let longestWait = 86_400_000

    /// What the windows and pauses say to a request.
    struct Prospect {
        /// The earliest start they allow.
        let start: Timestamp
        /// How long it may wait, in microseconds.
        let bound: Int64
        /// The latest start that is in time.
        let deadline: Timestamp
    }

    // Called as they are, these would have the whole state copied for each call.
    @inline(__always)
    func prospect(of request: AcquireRequest, on claims: NonEmpty<ResolvedClaim>, at now: Timestamp) -> Prospect {
        var bound = request.maxWaitMilliseconds ?? .max
        for claim in claims {
            let policy = policy(at: claim.slot)
            if policy.mode != .off { bound = min(bound, policy.maxDelayMilliseconds) }
        }
        // What others count yet comes before a start that nobody could move any more.
        if request.wait == .client, isRecovering(at: now) { bound = 0 }
        // Where every limit is off, there is nothing to wait for but a slot over all keys.
        let microseconds = bound == .max ? 0 : Int64(min(max(0, bound), Self.longestWait)) * 1000
        return Prospect(
            start: earliestStart(of: request, on: claims, at: now), bound: microseconds,
            deadline: now.advanced(by: microseconds))
    }

    /// The earliest start that windows and pauses of the claims in force allow. A pause holds where the mode is off, too: it is
    /// what somebody asked for, and no limit of the policy.
    func earliestStart(
        of request: AcquireRequest, on claims: NonEmpty<ResolvedClaim>, at now: Timestamp
    ) -> Timestamp {
        var start = now
        for claim in claims {
            let policy = policy(at: claim.slot)
            switch policy.mode {
            case .enforce: start = max(start, earliestStart(of: request, claim, policy, at: now))
            case .shadow: continue
            case .off: start = max(start, requestedPause(of: keys[claim.slot].key)?.until ?? start)
            }
        }
        return start
    }

    private func earliestStart(
        of request: AcquireRequest, _ claim: ResolvedClaim, _ policy: Policy.Terms, at now: Timestamp
    ) -> Timestamp {
        keys[claim.slot].earliestStart(of: policy.counts(request) ? claim.weight : 0, at: now)
    }

    /// Whether each key in force has a slot for the request, and nobody queues for one there before it.
    @inline(__always)
    func hasSlots(for request: AcquireRequest, on claims: NonEmpty<ResolvedClaim>, before id: WaiterID? = nil) -> Bool {
        guard request.hold else { return true }
        return claims.allSatisfy { claim in
            let policy = policy(at: claim.slot)
            guard policy.mode == .enforce else { return true }
            guard keys[claim.slot].queue.first == id || keys[claim.slot].queue.isEmpty else { return false }
            return hasSlot(claim.slot, policy)
        }
    }

    func hasSlot(_ place: Int, _ policy: Policy.Terms) -> Bool {
        policy.maxConcurrent.map { keys[place].leases.count + keys[place].reserved < portion.of($0) } ?? true
    }

    /// Whether a slot over all keys is free for a start now, and nobody waits for one before it.
    @inline(__always)
    func mayBegin(_ request: AcquireRequest, as id: WaiterID? = nil, at now: Timestamp) -> Bool {
        guard request.hold else { return true }
        let most = portion.of(table.document.globalMaxInflight)
        guard leases.count < most || leases.count(at: now) < most else { return false }
        guard let first = ready.min else { return true }
        return id.map { $0 <= first } ?? false
    }

    /// Grants a request at `start`.
    ///
    /// - Parameter isBooked: whether its units stand in the logs already.
    mutating func grant(
        _ request: AcquireRequest, on claims: NonEmpty<ResolvedClaim>, from start: Timestamp, asked: Timestamp,
        isBooked: Bool = false, at now: Timestamp
    ) -> Grant {
        let shadows = shadows(of: request, on: claims, at: start)
        func holding(_ claim: ResolvedClaim) -> Holding {
            let policy = policy(at: claim.slot)
            guard policy.counts(request) else {
                return Holding(key: claim.slot, weight: claim.weight, entry: nil)
            }
            let entry = policy.mode == .enforce ? start : shadows.first { $0.slot == claim.slot }?.entry
            return Holding(key: claim.slot, weight: claim.weight, entry: entry)
        }
        var holdings = NonEmpty(holding(claims.first), claims.others.map(holding))
        for holding in holdings {
            guard let entry = holding.entry, !isBooked || policy(at: holding.key).mode != .enforce else { continue }
            write(entry, holding.weight, to: holding.key, at: now)
        }
        var lease: LeaseID?
        var expires: Timestamp?
        if request.hold {
            for index in holdings.indices { holdings[index].seat = keys[holdings[index].key].leases.count }
            let end = max(start, now).advanced(by: Int64(request.leaseTTLMilliseconds) * 1000)
            let id = leases.insert(holdings, start: start, expires: end, client: request.client)
            for holding in holdings { keys[holding.key].leases.append(id.place) }
            lease = id
            expires = end
        }
        return Grant(
            lease: lease, asked: asked, start: start, expires: expires, shadowed: shadows.compactMap(\.violation),
            usage: usage(request, claims, at: start), tableVersion: table.version)
    }

    /// What a limit in shadow mode would have done.
    struct Shadow {
        let slot: Int
        /// Where its units would stand; `nil` where it would have denied, or counts none.
        let entry: Timestamp?
        let violation: Violation?
    }

    func shadows(of request: AcquireRequest, on claims: NonEmpty<ResolvedClaim>, at start: Timestamp) -> [Shadow] {
        var shadows: [Shadow] = []
        for claim in claims {
            let policy = policy(at: claim.slot)
            guard policy.mode == .shadow else { continue }
            let bound = min(request.maxWaitMilliseconds ?? .max, policy.maxDelayMilliseconds)
            let deadline = start.advanced(by: Int64(max(0, bound)) * 1000)
            let entry = earliestStart(of: request, claim, policy, at: start)
            let limit =
                entry > deadline
                ? lateLimits(request, claim, policy, after: deadline).first
                : request.hold && !hasSlot(claim.slot, policy)
                    ? policy.maxConcurrent.map(Violation.Limit.maxConcurrent) : nil
            let isCounted = limit == nil && policy.counts(request)
            shadows.append(
                Shadow(
                    slot: claim.slot, entry: isCounted ? entry : nil,
                    violation: limit.map { Violation(key: keys[claim.slot].key, limit: $0) }))
        }
        return shadows
    }

    /// Ends a lease and lets others have what it held.
    mutating func end(_ place: UInt32, isReleased: Bool, unused: Bool, at now: Timestamp) {
        guard let lease = leases.remove(place, isReleased: isReleased) else { return }
        for holding in lease.holdings {
            leaveSeat(holding)
            if unused, let entry = holding.entry { keys[holding.key].giveBack(entry, weight: holding.weight) }
        }
        guard !waiters.isEmpty else { return }
        let freed = lease.holdings.lazy.map(\.key)
        if unused { replan(Array(freed), at: now) } else { promote(freed, at: now) }
        admitReady(at: now)
    }

    /// The key's last lease takes the seat that comes free.
    private mutating func leaveSeat(_ holding: Holding) {
        let key = holding.key
        guard let moved = keys[key].leases.popLast(), holding.seat < keys[key].leases.count else { return }
        keys[key].leases[holding.seat] = moved
        guard let index = leases[moved]?.holdings.firstIndex(where: { $0.key == key }) else { return }
        leases[moved]?.holdings[index].seat = holding.seat
    }

    /// Writes units into a key's log; they are a booking while they are still to start.
    private mutating func write(_ entry: Timestamp, _ weight: Int, to place: Int, at now: Timestamp) {
        if entry > now {
            arrivals += 1
            keys[place].forgetStarted(at: now)
            keys[place].book(Booking(order: arrivals, start: entry, weight: weight, waiter: nil))
        } else {
            keys[place].write(entry, weight: weight)
        }
    }
}
