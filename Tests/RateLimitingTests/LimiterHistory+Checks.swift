import TestSupport

@testable import RateLimiting

/// What every answer and every moment must satisfy.
extension LimiterHistory {
    /// Takes the decisions made for waiters, in their order.
    mutating func settle() throws {
        var granted: [LimiterModel.Waiting] = []
        var denied: [(LimiterModel.Waiting, Denial)] = []
        let decisions = state.takeDecisions()
        for (id, result) in decisions {
            guard let index = model.waiting.firstIndex(where: { $0.id == id }) else {
                throw BrokenPromise(description: "a waiter was decided twice or after it was cancelled")
            }
            let waiter = model.waiting[index]
            decided.append(id)
            switch result {
            case .success(.granted(let grant)):
                model.waiting.remove(at: index)
                granted.append(waiter)
                try require(model.hasSlots(waiter.request, as: waiter), "a waiter was granted without a free slot")
                let isPlanned = grant.start == waiter.booking?.start && grant.start <= now
                try require(grant.start == now || isPlanned, "starts at \(grant.start), at \(now)")
                try receive(grant, for: waiter.request)
            case .success(.denied(let denial)):
                model.waiting.remove(at: index)
                denied.append((waiter, denial))
            case .failure(let error):
                model.waiting.remove(at: index)
                guard case .weightExceedsLimit(let claim, _, let heaviest) = error else {
                    throw BrokenPromise(description: "unexpected \(error)")
                }
                try require(waiter.request.claims[claim].weight > heaviest, "refused as too heavy, and is not")
            }
        }
        for index in model.waiting.indices {
            let waiter = state.waiters[model.waiting[index].id]
            switch waiter?.stage {
            case .booked(let start), .ready(let start): model.waiting[index].booking = (start, waiter?.order ?? 0)
            case .queued, nil: model.waiting[index].booking = nil
            }
        }
        for waiter in granted {
            try require(!model.isBehind(waiter.request, before: waiter.id), "a waiter overtook an earlier one")
        }
        for (waiter, denial) in denied {
            let start = model.earliestStart(of: waiter.request, at: now)
            // Those decided at the same time may have stood in front.
            let isReason = start > waiter.deadline || waiter.deadline <= now || decisions.count > 1
            try require(isReason, "a waiter was denied without a reason")
            try require(denial.retryAt >= now && !denial.violations.isEmpty, "denied without naming a limit or a time")
        }
    }

    mutating func receive(_ grant: Grant, for request: AcquireRequest) throws {
        try require(model.holdsWindows(request, at: grant.start), "more units than a window allows")
        try require(
            model.held.count < model.table.document.globalMaxInflight || !request.hold, "more leases than allowed")
        try require((grant.lease != nil) == request.hold, "a lease without being asked for, or none")
        try require(grant.tableVersion == model.table.version, "decided by an old table")
        let expires = max(grant.start, now).advanced(by: Int64(request.leaseTTLMilliseconds) * 1000)
        try require(grant.expires == (request.hold ? expires : nil), "expires at another time")
        let taken = model.take(request, grant, order: state.arrivals)
        given.append(Given(lease: grant.lease, request: request, grant: grant, taken: taken))
    }

    func check(_ denial: Denial, of request: AcquireRequest, bound: Int64, start: Timestamp) throws {
        try require(!denial.violations.isEmpty, "denied without naming a limit")
        let concerned = request.claims + model.waiting.flatMap(\.request.claims)
        try require(
            denial.violations.allSatisfy { named in concerned.contains { $0.key == named.key } },
            "names the limit of another key")
        if start > now.advanced(by: bound) {
            let exact = start.advanced(by: -bound)
            try require(denial.retryAt == exact, "retry at \(denial.retryAt), exact is \(exact)")
        } else {
            try require(denial.retryAt >= now, "retry before now")
        }
        try require(denial.usage.count == (request.reportsUsage ? request.claims.count : 0), "usage of other claims")
    }

    /// A denial changed nothing: whatever is asked next gets the answer it would have got without it.
    mutating func checkNothingConsumed(_ request: AcquireRequest, from before: LimiterState) throws {
        guard random.chance(25) else { return }
        for host in RandomLimits.hosts {
            let claim = AcquireRequest.Claim(key: LimitKey(host: host, role: "r"))
            let followUp = AcquireRequest(claims: [claim], wait: .client, reportsUsage: true)
            var asked = state
            var other = before
            try require(
                asked.answer(followUp, at: now) == other.answer(followUp, at: now), "a denial consumed something")
        }
    }

    /// At the time that a denial names, and not a microsecond earlier, the same request passes.
    func checkRetry(_ denial: Denial, of request: AcquireRequest, isLate: Bool) throws {
        guard model.waiting.isEmpty else { return }
        var copy = state
        switch copy.answer(request, at: denial.retryAt) {
        case .decided(.granted): break
        case .waiting(let id):
            copy.advance(to: copy.waiters[id]?.deadline ?? now)
            // A denial by rate does not know when a slot will be free.
            guard case .success(.denied) = copy.takeDecisions().first?.1, !isLate else { break }
            throw BrokenPromise(description: "waits in vain after \(denial.retryAt)")
        case .decided(.denied(let second)):
            let isRate = second.violations.contains { if case .rate = $0.limit { true } else { false } }
            try require(isLate && !isRate, "denied again at \(denial.retryAt): \(second)")
        case .refused: throw BrokenPromise(description: "refused at \(denial.retryAt)")
        }
        guard isLate else { return }
        var early = state
        guard case .decided(.denied) = early.answer(request, at: denial.retryAt.advanced(by: -1)) else {
            throw BrokenPromise(description: "passes a microsecond before \(denial.retryAt)")
        }
    }

    /// Slots taken are those of living leases; every booking is at the earliest start that is possible, and nobody
    /// queues who could have a slot.
    func checkPlan() throws {
        try require(state.leases.count == model.held.count, "\(state.leases.count) leases, \(model.held.count) held")
        for host in RandomLimits.hosts {
            for role in ["r", "s"] {
                let key = LimitKey(host: host, role: role)
                let held = model.held.values.count { $0.request.claims.contains { $0.key == key } }
                let place = state.keys.place(of: key)
                try require(place.map { state.keys[$0].leases.count } ?? 0 == held, "leases of \(key)")
            }
        }
        try require(state.waiters.count == model.waiting.count, "waiters were lost or doubled")
        for waiter in model.waiting {
            if let booking = waiter.booking {
                let isReady = booking.start <= now
                let start = model.earliestStart(of: waiter.request, as: waiter, at: isReady ? booking.start : now)
                try require(isReady || start == booking.start, "\(waiter.id) at \(booking.start), could be at \(start)")
                try require(booking.start <= waiter.deadline, "\(waiter.id) is booked after its deadline")
                let mayBegin = model.mayBegin(waiter.request, before: waiter.id, at: now)
                try require(!(isReady && mayBegin), "\(waiter.id) was not woken")
            } else {
                let isBehind = model.isBehind(waiter.request, before: waiter.id)
                try require(isBehind || !model.hasSlots(waiter.request), "\(waiter.id) queues for nothing")
            }
        }
    }
}

/// An outcome that can be compared.
private enum Answer: Equatable {
    case decided(Decision)
    case waiting(WaiterID)
    case refused(AcquireError)
}

extension LimiterState {
    fileprivate mutating func answer(_ request: AcquireRequest, at now: Timestamp) -> Answer {
        do {
            return switch try acquire(request, at: now) {
            case .decided(let decision): .decided(decision)
            case .waiting(let id): .waiting(id)
            }
        } catch {
            return .refused(error)
        }
    }
}
