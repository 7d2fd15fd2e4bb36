import OrderedCollections

extension LimiterState {
    mutating func enqueue(_ request: AcquireRequest, bound: Int64, deadline: Timestamp) -> WaiterID {
        let id = WaiterID(number: nextWaiter)
        nextWaiter += 1
        waiters[id] = Waiter(request: request, bound: bound, deadline: deadline)
        for claim in request.claims { keys[claim.key]?.waiting += 1 }
        return id
    }

    mutating func leave(_ waiter: Waiter) {
        for claim in waiter.request.claims { keys[claim.key]?.waiting -= 1 }
    }

    /// Decides, in arrival order, every waiter that can be decided now; one that cannot holds up its keys.
    mutating func admitWaiters(at now: Timestamp) {
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
