import HeapModule

extension LimiterState {
    /// A start that its waiter learns of later than this, in microseconds, moves to the time of the news: a process
    /// that was stopped for a while does not release all that it had booked at once.
    static let tardiness: Int64 = 100_000

    mutating func enqueue(
        _ request: AcquireRequest, on claims: NonEmpty<ResolvedClaim>, _ prospect: Prospect, hasSlots: Bool,
        at now: Timestamp
    ) -> WaiterID {
        arrivals += 1
        let id = WaiterID(arrival: arrivals)
        let waiter = Waiter(request: request, claims: claims, bound: prospect.bound, deadline: prospect.deadline)
        waiters[id] = waiter
        for claim in claims { keys[claim.slot].waiting += 1 }
        if hasSlots { book(id, waiter, prospect.start, at: now) } else { queue(id, waiter) }
        return id
    }

    /// A waiter's caller has gone; its place is free. `false` when it was decided before.
    mutating func cancel(_ id: WaiterID, at now: Timestamp) -> Bool {
        guard let waiter = waiters[id] else { return false }
        // Before anything else: its own start may have come, and would be granted to nobody.
        leave(id, waiter)
        idempotent.forget(waiter.request)
        advance(to: now)
        replan(Array(waiter.slots), at: now)
        return true
    }

    /// Units, and a lease, whose caller has gone without having seen its grant.
    mutating func giveBack(_ grant: Grant, to request: AcquireRequest, at now: Timestamp) {
        if let lease = grant.lease {
            _ = release(lease, unused: true, at: now)
        } else {
            giveBack(unitsOf: request, startedAt: grant.start, at: now)
        }
    }

    /// The same for units without a lease.
    mutating func giveBack(unitsOf request: AcquireRequest, startedAt start: Timestamp, at now: Timestamp) {
        advance(to: now)
        var places: [Int] = []
        for claim in request.claims {
            guard let place = place(of: claim.key, at: now) else { continue }
            let policy = policy(at: place)
            guard policy.mode == .enforce, policy.counts(request) else { continue }
            keys[place].giveBack(start, weight: claim.weight)
            places.append(place)
        }
        replan(places, at: now)
    }

    /// Decides the waiters whose start or deadline has come.
    mutating func wakeWaiters(at now: Timestamp) {
        while let wake = wakes.min, wake.time <= now {
            wakes.removeMin()
            guard let waiter = waiters[wake.waiter], waiter.due == wake.time else { continue }
            switch waiter.stage {
            case .booked(let start): begin(wake.waiter, waiter, start, at: now)
            case .queued, .ready:
                // Its time is up, and slots were taken all along.
                let denial = crowded(waiter.request, waiter.claims, bound: waiter.bound, at: now)
                decide(wake.waiter, waiter, .success(.denied(denial)))
                replan(Array(waiter.slots), at: now)
            }
        }
    }

    /// A booked start has come.
    private mutating func begin(_ id: WaiterID, _ waiter: Waiter, _ start: Timestamp, at now: Timestamp) {
        guard now.microseconds(since: start) <= Self.tardiness else { return replan(Array(waiter.slots), at: now) }
        guard mayBegin(waiter.request, as: id, at: now) else { return hold(id, waiter, up: start) }
        unbook(id, waiter, givingBack: false)
        let grant = grant(
            waiter.request, on: waiter.claims, from: start, asked: waiter.asked, isBooked: true, at: now)
        decide(id, waiter, .success(.granted(grant)))
    }

    /// Hands out slots over all keys to those whose start has come, in order of arrival. A start that was held up
    /// moves to now, and what is booked behind it moves too.
    mutating func admitReady(at now: Timestamp) {
        while leases.count < portion.of(table.document.globalMaxInflight), let id = ready.min, let waiter = waiters[id]
        {
            replan(Array(waiter.slots), at: now)
            if ready.min == id { return }
        }
    }

    /// Lets those who queue at the keys have the slots that came free there, in order of arrival.
    mutating func promote(_ freed: some Sequence<Int>, at now: Timestamp) {
        var places = Array(freed)
        while let place = places.popLast() {
            while let id = keys[place].queue.first, let waiter = waiters[id],
                hasSlots(for: waiter.request, on: waiter.claims, before: id)
            {
                unqueue(id, waiter)
                places.append(contentsOf: waiter.slots.lazy.filter { $0 != place })
                settle(id, waiter, hasSlots: true, at: now)
            }
        }
    }

    /// Decides a waiter that has neither a booking nor a place in a queue, or gives it one.
    ///
    /// - Returns: whether it has a start now, granted or booked.
    @discardableResult
    mutating func settle(_ id: WaiterID, _ waiter: Waiter, hasSlots: Bool, at now: Timestamp) -> Bool {
        let start = earliestStart(of: waiter.request, on: waiter.claims, at: now)
        let prospect = Prospect(start: start, bound: waiter.bound, deadline: max(waiter.deadline, now))
        if start > prospect.deadline {
            decide(id, waiter, .success(.denied(late(waiter.request, waiter.claims, prospect, at: now))))
            return false
        } else if !hasSlots {
            queue(id, waiter)
            return false
        } else if start <= now, mayBegin(waiter.request, as: id, at: now) {
            let grant = grant(waiter.request, on: waiter.claims, from: start, asked: waiter.asked, at: now)
            decide(id, waiter, .success(.granted(grant)))
        } else {
            book(id, waiter, start, at: now)
        }
        return true
    }

    private mutating func book(_ id: WaiterID, _ waiter: Waiter, _ start: Timestamp, at now: Timestamp) {
        let order: UInt64
        if let kept = waiter.order {
            order = kept
        } else {
            arrivals += 1
            order = arrivals
            waiters[id]?.order = order
        }
        for claim in waiter.claims {
            if waiter.request.hold { keys[claim.slot].reserved += 1 }
            let policy = policy(at: claim.slot)
            let isCounted = policy.mode == .enforce && policy.counts(waiter.request)
            keys[claim.slot].forgetStarted(at: now)
            keys[claim.slot].book(
                Booking(order: order, start: start, weight: isCounted ? claim.weight : 0, waiter: id))
        }
        if start <= now { return hold(id, waiter, up: start) }
        waiters[id]?.stage = .booked(start)
        wake(id, at: start)
    }

    /// The waiter's start has come, but no slot is free over all keys.
    private mutating func hold(_ id: WaiterID, _ waiter: Waiter, up start: Timestamp) {
        waiters[id]?.stage = .ready(start)
        ready.insert(id)
        wake(id, at: waiter.deadline)
    }

    /// - Parameter givingBack: whether the units leave the logs as well.
    mutating func unbook(_ id: WaiterID, _ waiter: Waiter, givingBack: Bool) {
        for place in waiter.slots {
            if waiter.request.hold { keys[place].reserved -= 1 }
            guard let index = keys[place].bookings.firstIndex(where: { $0.waiter == id }) else { continue }
            let booking = keys[place].bookings.remove(at: index)
            if givingBack { keys[place].log.giveBack(booking.start, weight: booking.weight) }
        }
        waiters[id]?.stage = .queued
        while let first = ready.min, !isReady(first) { ready.removeMin() }
    }

    private func isReady(_ id: WaiterID) -> Bool {
        if case .ready = waiters[id]?.stage { true } else { false }
    }

    private mutating func queue(_ id: WaiterID, _ waiter: Waiter) {
        waiters[id]?.order = nil
        wake(id, at: waiter.deadline)
        for place in waiter.slots where policy(at: place).mode == .enforce { keys[place].queue.append(id) }
    }

    private mutating func unqueue(_ id: WaiterID, _ waiter: Waiter) {
        for place in waiter.slots {
            if let index = keys[place].queue.firstIndex(of: id) { keys[place].queue.remove(at: index) }
        }
    }

    private mutating func wake(_ id: WaiterID, at time: Timestamp) {
        wakes.insert(Wake(time: time, waiter: id))
        // Starts that moved leave their wakes behind; once most are stale the heap is made anew.
        if wakes.count > 1024, wakes.count > 4 * waiters.count {
            wakes = Heap(waiters.map { Wake(time: $0.value.due, waiter: $0.key) })
        }
    }

    mutating func decide(_ id: WaiterID, _ waiter: Waiter, _ decision: Result<Decision, AcquireError>) {
        leave(id, waiter)
        decisions.append((id, decision))
        if case .success(.granted(let grant)) = decision {
            idempotent.record(.granted(grant), to: waiter.request, at: grant.start)
        } else {
            idempotent.forget(waiter.request)
        }
    }

    private mutating func leave(_ id: WaiterID, _ waiter: Waiter) {
        switch waiters[id]?.stage {
        case .booked, .ready: unbook(id, waiter, givingBack: true)
        case .queued: unqueue(id, waiter)
        case nil: return
        }
        waiters[id] = nil
        for place in waiter.slots { keys[place].waiting -= 1 }
    }
}
