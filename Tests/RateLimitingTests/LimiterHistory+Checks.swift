import TestSupport

@testable import RateLimiting

/// What every answer and every moment must satisfy.
extension LimiterHistory {
    /// Takes the decisions made for waiters, in their order.
    mutating func settle() throws {
        for (id, decision) in state.takeDecisions() {
            guard let index = model.waiting.firstIndex(where: { $0.id == id }) else {
                throw BrokenPromise(description: "a waiter was decided twice or after it was cancelled")
            }
            let waiter = model.waiting[index]
            let deadline = max(waiter.deadline, now)
            switch decision {
            case .granted(let grant):
                try require(!model.isBehind(waiter.request, before: id), "a waiter overtook an earlier one")
                try require(model.hasRoom(waiter.request), "a waiter was granted without a free slot")
                try receive(grant, for: waiter.request, deadline: deadline)
            case .denied(let denial):
                let isLate = model.earliestStart(of: waiter.request, at: now) > deadline
                try require(isLate || waiter.deadline <= now, "a waiter was denied without a reason")
                try check(denial, of: waiter.request, bound: waiter.bound)
            }
            model.waiting.remove(at: index)
            decided.append(id)
        }
    }

    mutating func receive(_ grant: Grant, for request: AcquireRequest, deadline: Timestamp) throws {
        let expected = model.earliestStart(of: request, at: now)
        try require(grant.start == expected, "starts at \(grant.start), expected \(expected)")
        try require(grant.start <= deadline, "starts after its bounded wait")
        try require(model.holdsWindows(request, at: grant.start), "more units than a window allows")
        try require((grant.lease != nil) == request.hold, "a lease without being asked for, or none")
        try require(grant.tableVersion == model.table.version, "decided by an old table")
        let expires = grant.start.advanced(by: Int64(request.leaseTTLMilliseconds) * 1000)
        try require(grant.expires == (request.hold ? expires : nil), "expires at another time")
        let taken = model.take(request, grant)
        given.append(Given(lease: grant.lease, request: request, grant: grant, taken: taken))
        try check(grant.usage, of: request, at: grant.start)
    }

    func check(_ denial: Denial, of request: AcquireRequest, bound: Int64) throws {
        let start = model.earliestStart(of: request, at: now)
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
        try check(denial.usage, of: request, at: now)
    }

    private func check(_ usage: [Usage], of request: AcquireRequest, at time: Timestamp) throws {
        try require(usage.count == (request.reportsUsage ? request.claims.count : 0), "usage of other claims")
        for (claim, usage) in zip(request.claims, usage) {
            let log = model.logs[claim.key] ?? NaiveLog()
            let windows = model.policy(claim.key)?.windows.map { window in
                Usage.WindowUsage(
                    rate: window.rate, remaining: max(0, window.units - log.used(of: window, at: time)),
                    resets: log.firstFree(of: window, at: time))
            }
            let expected = Usage(key: claim.key, windows: windows ?? [], inFlight: usage.inFlight)
            try require(usage == expected, "\(usage), expected \(expected)")
        }
    }

    /// A denial changed nothing: whatever is asked next gets the answer it would have got without it.
    mutating func checkNothingConsumed(_ request: AcquireRequest) throws {
        guard random.chance(25) else { return }
        var denied = state
        _ = try denied.acquire(request, at: now)
        for host in RandomLimits.hosts {
            let claim = AcquireRequest.Claim(key: LimitKey(host: host, role: "r"))
            let followUp = AcquireRequest(claims: [claim], wait: .client, reportsUsage: true)
            var asked = denied
            var other = state
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
        case .waiting(let deadline):
            copy.advance(to: deadline)
            // A denial by rate does not know when a slot will be free.
            guard case .denied = copy.takeDecisions().first?.1, !isLate else { break }
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

    /// Slots taken are those of living leases, and no waiter is left behind that could start.
    func checkCounts() throws {
        try require(state.inFlight == model.held.count, "\(state.inFlight) in flight, \(model.held.count) held")
        for waiter in model.waiting where !model.isBehind(waiter.request, before: waiter.id) {
            let inTime = model.earliestStart(of: waiter.request, at: now) <= waiter.deadline
            try require(!(inTime && model.hasRoom(waiter.request)), "a waiter was not woken")
        }
    }
}

/// An outcome that can be compared.
private enum Answer: Equatable {
    case decided(Decision)
    case waiting(until: Timestamp)
    case refused(AcquireError)
}

extension LimiterState {
    fileprivate mutating func answer(_ request: AcquireRequest, at now: Timestamp) -> Answer {
        do {
            return switch try acquire(request, at: now) {
            case .decided(let decision): .decided(decision)
            case .waiting(_, let deadline): .waiting(until: deadline)
            }
        } catch {
            return .refused(error)
        }
    }
}
