import TestSupport

@testable import RateLimiting

/// A random life of a limiter, each of its answers held against the model.
struct LimiterHistory {
    struct Given {
        let lease: LeaseID?
        let request: AcquireRequest
        let grant: Grant
        let taken: [AcquireRequest.Claim]
    }

    private static let nonce: UInt64 = 7

    var random: SeededGenerator
    var state: LimiterState
    var model: LimiterModel
    var given: [Given] = []
    var decided: [WaiterID] = []
    var now = Timestamp(microseconds: 0)
    private let maxWaiters: Int

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        let table = LimitTable(version: 1, document: RandomLimits.document(&random))
        maxWaiters = random.chance(20) ? 2 : 100
        state = LimiterState(table: table, nonce: Self.nonce, maxWaiters: maxWaiters)
        model = LimiterModel(table: table)
    }

    mutating func run(events: Int) throws {
        for _ in 0..<events {
            try passTime()
            switch random.number(0...99) {
            case ..<50: try acquire(RandomLimits.request(&random))
            case ..<70: try release()
            case ..<78: try cancel()
            case ..<83: try giveBack()
            case ..<89: try reload()
            case ..<93: try pause()
            case ..<95: try renew()
            default: break
            }
            try settle()
            try checkPlan()
        }
    }

    /// Often to exactly the time of the next expiry, start or deadline. Whatever is due is decided before anything else
    /// happens at that time.
    private mutating func passTime() throws {
        let starts = model.waiting.compactMap(\.booking?.start)
        let marks = model.waiting.map(\.deadline) + starts + model.held.values.map(\.expires)
        if random.chance(35), let mark = marks.filter({ $0 > now }).min() {
            now = mark
        } else if random.chance(60) {
            now = now.advanced(by: Int64(random.number(0...10)) * 500)
        }
        model.expire(at: now)
        state.advance(to: now)
        try settle()
        try checkPlan()
        let late = model.waiting.filter { $0.deadline <= now }
        try require(late.isEmpty, "waiters undecided after their deadline")
    }

    private mutating func acquire(_ request: AcquireRequest) throws {
        let heaviest = request.claims.compactMap { model.policy($0.key)?.heaviestClaim }
        let isTooHeavy = zip(request.claims, heaviest).contains { $0.weight > $1 }
        let checked = Result { () throws(AcquireError) in try state.check(request, at: now) }
        let before = state
        let outcome: LimiterState.Outcome
        do {
            outcome = try state.acquire(request, at: now)
        } catch {
            guard case .weightExceedsLimit = error, isTooHeavy else {
                throw BrokenPromise(description: "unexpected \(error)")
            }
            return
        }
        try require(!isTooHeavy, "a claim heavier than a window is not refused")
        let bound = model.bound(of: request)
        let start = model.earliestStart(of: request, at: now)
        let isLate = start > now.advanced(by: bound)
        let isFree = model.hasSlots(request) && !model.isBehind(request)
        let mayStart = isFree && model.mayBegin(request, at: now) && (request.wait == .client || start <= now)
        let mayWait = request.wait == .server && bound > 0
        let isFull = model.waiting.count >= maxWaiters
        switch outcome {
        case .decided(.granted(let grant)):
            try require(!isLate && mayStart, "granted out of turn or without a free slot")
            try require(grant.start == start, "starts at \(grant.start), expected \(start)")
            try receive(grant, for: request)
            if case .success(.granted(let foreseen)) = checked { try require(foreseen.start == start, "check differs") }
        case .decided(.denied(let denial)):
            try require(isLate || !mayStart && (!mayWait || isFull), "denied without a reason")
            try check(denial, of: request, bound: bound, start: start)
            if isLate { try checkNothingConsumed(request, from: before) }
            try checkRetry(denial, of: request, isLate: isLate)
            if case .success(.granted) = checked { try require(isFull, "check promised what acquire denied") }
        case .waiting(let id):
            try require(!isLate && !mayStart && mayWait && !isFull, "waits without a reason")
            let deadline = now.advanced(by: bound)
            try require(state.waiters[id]?.deadline == deadline, "waits until another time")
            model.waiting.append(.init(id: id, request: request, bound: bound, deadline: deadline))
        }
    }

    private mutating func release() throws {
        if random.chance(5) {
            let foreign = LeaseID(nonce: Self.nonce + 1, number: 1, place: 0)
            let future = LeaseID(nonce: Self.nonce, number: 1_000_000, place: 0)
            let never = LeaseID(nonce: Self.nonce, number: 0, place: 0)
            for id in [foreign, future, never] {
                try require(state.release(id, unused: true, at: now) == .unknown, "an unknown lease is known")
            }
        }
        guard let lease = given.compactMap(\.lease).randomElement(using: &random) else { return }
        let unused = random.chance(30)
        let result = state.release(lease, unused: unused, at: now)
        let expected = model.release(lease, unused: unused)
        try require(result == expected, "released as \(result), expected \(expected)")
    }

    private mutating func renew() throws {
        guard let given = given.filter({ $0.lease != nil }).randomElement(using: &random), let lease = given.lease
        else {
            return
        }
        let result = state.renew(lease, timeToLive: 20_000, at: now)
        let expires = now.advanced(by: 20_000)
        if model.renew(lease, until: expires) {
            try require(result == .renewed(expires: expires), "renewed as \(result)")
        } else {
            let isReleased = model.release(lease, unused: false) == .alreadyReleased
            try require(result == (isReleased ? .alreadyReleased : .expired), "renewed as \(result)")
        }
    }

    private mutating func cancel() throws {
        if random.chance(30), let id = decided.randomElement(using: &random) {
            try require(!state.cancel(id, at: now), "a decided waiter was cancelled")
        } else if let waiter = model.waiting.randomElement(using: &random) {
            try require(state.cancel(waiter.id, at: now), "a waiter could not be cancelled")
            model.waiting.removeAll { $0.id == waiter.id }
        }
    }

    /// A caller that goes away before its start.
    private mutating func giveBack() throws {
        let index = given.firstIndex { $0.grant.start > now && ($0.lease.map { model.held[$0] != nil } ?? true) }
        guard let index else { return }
        let gone = given.remove(at: index)
        // Units are known again by their key and start only, so those under another table are left alone.
        guard gone.lease != nil || model.counted(gone.request) == gone.taken else { return }
        state.giveBack(gone.grant, to: gone.request, at: now)
        if let lease = gone.lease {
            _ = model.release(lease, unused: true)
        } else {
            model.giveBack(gone.taken, at: gone.grant.start)
        }
    }

    private mutating func reload() throws {
        let table = LimitTable(version: model.table.version + 1, document: RandomLimits.document(&random))
        state.apply(table, at: now)
        model.table = table
    }

    private mutating func pause() throws {
        guard let host = RandomLimits.hosts.randomElement(using: &random) else { return }
        if random.chance(25) {
            let ended = state.resume(PauseScope(host: host), at: now)
            let isPaused = model.pauses.removeValue(forKey: host).map { $0 > now } ?? false
            try require(ended.isEmpty != isPaused, "resumed what was not paused, or the other way round")
        } else {
            let end = now.advanced(by: Int64(random.number(-5...15)) * 1000)
            state.pause(PauseScope(host: host), Pause(until: end, reason: .byOperator), at: now)
            model.pauses[host] = max(end, model.pauses[host] ?? end)
        }
    }
}
