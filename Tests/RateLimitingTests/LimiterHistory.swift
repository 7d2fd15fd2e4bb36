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
            case ..<72: try release()
            case ..<79: try cancel()
            case ..<84: try giveBack()
            case ..<90: try reload()
            case ..<94: pause()
            default: try advance()
            }
        }
    }

    /// Often to exactly the time of the next expiry or of a waiter's deadline.
    private mutating func passTime() throws {
        let marks = model.waiting.map(\.deadline) + model.held.values.map(\.expires)
        if random.chance(25), let mark = marks.filter({ $0 > now }).min() {
            now = mark
        } else if random.chance(60) {
            now = now.advanced(by: Int64(random.number(0...10)) * 500)
        }
        model.expire(at: now)
        if random.chance(60) { try advance() }
    }

    private mutating func advance() throws {
        state.advance(to: now)
        try settle()
        try checkCounts()
        let late = model.waiting.filter { $0.deadline <= now }
        try require(late.isEmpty, "waiters undecided after their deadline")
    }

    private mutating func acquire(_ request: AcquireRequest) throws {
        if random.chance(50) { try advance() }
        let heaviest = request.claims.compactMap { model.policy($0.key)?.heaviestClaim }
        let isTooHeavy = zip(request.claims, heaviest).contains { $0.weight > $1 }
        let outcome: LimiterState.Outcome
        do {
            outcome = try state.acquire(request, at: now)
        } catch {
            try settle()
            guard case .weightExceedsLimit = error, isTooHeavy else {
                throw BrokenPromise(description: "unexpected \(error)")
            }
            return
        }
        try settle()
        try require(!isTooHeavy, "a claim heavier than a window is not refused")
        let bound = model.bound(of: request)
        let start = model.earliestStart(of: request, at: now)
        let isLate = start > now.advanced(by: bound)
        let isFree = model.hasRoom(request) && !(request.hold && model.isBehind(request))
        let mayWait = request.wait == .server && bound > 0 && model.waiting.count < maxWaiters
        switch outcome {
        case .decided(.granted(let grant)):
            try require(isFree, "granted out of turn or without a free slot")
            try receive(grant, for: request, deadline: now.advanced(by: bound))
        case .decided(.denied(let denial)):
            try require(isLate || !isFree && !mayWait, "denied without a reason")
            try check(denial, of: request, bound: bound)
            if isLate { try checkNothingConsumed(request) }
            try checkRetry(denial, of: request, isLate: isLate)
        case .waiting(let id, let deadline):
            try require(!isLate && !isFree && mayWait, "waits without a reason")
            try require(deadline == now.advanced(by: bound), "waits until \(deadline)")
            model.waiting.append(.init(id: id, request: request, bound: bound, deadline: deadline))
        }
        try checkCounts()
    }

    private mutating func release() throws {
        if random.chance(5) {
            let foreign = LeaseID(nonce: Self.nonce + 1, number: 1)
            let future = LeaseID(nonce: Self.nonce, number: 1_000_000)
            let never = LeaseID(nonce: Self.nonce, number: 0)
            for id in [foreign, future, never] {
                try require(state.release(id, unused: true, at: now) == .unknown, "an unknown lease is known")
            }
        }
        guard let lease = given.compactMap(\.lease).randomElement(using: &random) else { return try settle() }
        let unused = random.chance(30)
        if unused { try advance() }
        let result = state.release(lease, unused: unused, at: now)
        let expected = model.release(lease, unused: unused)
        try require(result == expected, "released as \(result), expected \(expected)")
        try settle()
        try checkCounts()
    }

    private mutating func cancel() throws {
        if random.chance(30), let id = decided.randomElement(using: &random) {
            try require(!state.cancel(id, at: now), "a decided waiter was cancelled")
        } else if let waiter = model.waiting.randomElement(using: &random) {
            try require(state.cancel(waiter.id, at: now), "a waiter could not be cancelled")
            model.waiting.removeAll { $0.id == waiter.id }
        }
        try settle()
    }

    /// A caller that goes away before its start.
    private mutating func giveBack() throws {
        try advance()
        let index = given.firstIndex { $0.grant.start > now && ($0.lease.map { model.held[$0] != nil } ?? true) }
        guard let index else { return }
        let gone = given.remove(at: index)
        state.giveBack(gone.grant, at: now)
        if let lease = gone.lease {
            _ = model.release(lease, unused: true)
        } else {
            model.giveBack(gone.taken, at: gone.grant.start)
        }
        try settle()
        try checkCounts()
    }

    private mutating func reload() throws {
        let table = LimitTable(version: model.table.version + 1, document: RandomLimits.document(&random))
        try advance()
        state.apply(table, at: now)
        model.table = table
        try settle()
        try checkCounts()
    }

    private mutating func pause() {
        guard let host = RandomLimits.hosts.randomElement(using: &random) else { return }
        let end = now.advanced(by: Int64(random.number(-5...15)) * 1000)
        state.pause(host, until: end, at: now)
        model.pauses[host] = max(end, model.pauses[host] ?? end)
    }
}
