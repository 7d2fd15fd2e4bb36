import TestSupport
import Testing

@testable import RateLimiting

/// Instances that are cut off go on with their shares, and what all grant together exceeds no window.
struct DividingTests {
    @Test func noWindowIsExceededWhoeverIsCutOff() throws {
        var alone = 0
        for index in 0..<200 {
            let seed = TestSeed.current &+ UInt64(index)
            do {
                var history = DividedHistory(seed: seed)
                for _ in 0..<400 { try history.step() }
                try history.checkWindows()
                alone += history.grantedAlone
            } catch {
                Issue.record("\(error), with WEIR_TEST_SEED=\(seed)")
                return
            }
        }
        #expect(alone > 1000, "those who were cut off did go on")
    }

    @Test func sharesTogetherAreNoMoreThanEverything() {
        var table = InstanceTable()
        let start = Timestamp(microseconds: 0)
        let instances = (0..<3).map { Instance(id: $0, name: "i\($0)", version: "0") }
        table.heard(instances[0], at: start, share: Share(oneOf: 1), now: start)
        table.heard(instances[1], at: start, share: Share(oneOf: 2), now: start)
        #expect(table[0]?.share == Share(oneOf: 1) && table[1]?.share == nil, "the first one has everything")
        table.heard(instances[0], at: start, share: Share(oneOf: 2), now: start)
        table.heard(instances[1], at: start, share: Share(oneOf: 2), now: start)
        #expect(table[0]?.share == Share(oneOf: 2) && table[1]?.share == Share(oneOf: 2))
        table.heard(instances[1], at: start, share: Share(oneOf: 3), now: start)
        table.heard(instances[2], at: start, share: Share(oneOf: 3), now: start)
        #expect(table[2]?.share == nil, "no room until the first one asks for less")
    }

    @Test func aShareIsSetAsideAndTakenBack() {
        var table = InstanceTable()
        let instance = Instance(id: 1, name: "i", version: "0")
        let start = Timestamp(microseconds: 0)
        table.heard(instance, at: start, share: Share(oneOf: 4), now: start)
        func portion(at time: Int64, _ table: inout InstanceTable) -> Int {
            _ = table.settle(at: Timestamp(microseconds: time))
            return table.portion.of(10)
        }
        #expect(portion(at: InstanceTable.patience - 1, &table) == 10)
        #expect(portion(at: InstanceTable.patience, &table) == 8)
        // Heard of again, it may still have granted what it has not told.
        table.heard(
            instance, at: Timestamp(microseconds: 2_000_000), share: nil, now: Timestamp(microseconds: 2_000_000))
        #expect(portion(at: 2_000_000, &table) == 8)
        var other = table
        other.returned(instance, at: Timestamp(microseconds: 2_000_000), now: Timestamp(microseconds: 2_000_000))
        #expect(portion(at: 2_000_000, &other) == 10)
        #expect(portion(at: 2_000_000 + InstanceTable.reservation - 1, &table) == 8)
        #expect(portion(at: 2_000_000 + InstanceTable.reservation, &table) == 10)
    }

    @Test func oneThatStartsAgainNeedsNoShareOfTheOneBefore() {
        var table = InstanceTable()
        let start = Timestamp(microseconds: 0)
        table.heard(Instance(id: 1, name: "a:80", version: "0"), at: start, share: Share(oneOf: 1), now: start)
        let later = start.advanced(by: InstanceTable.patience)
        _ = table.settle(at: later)
        #expect(table.portion.of(10) == 0)
        table.heard(Instance(id: 2, name: "b:80", version: "0"), at: later, share: nil, now: later)
        #expect(table.portion.of(10) == 0, "elsewhere")
        table.heard(Instance(id: 3, name: "a:80", version: "0"), at: later, share: nil, now: later)
        #expect(table.portion.of(10) == 10)
    }

    @Test func whatBeginsWithNothingRememberedIsStrict() throws {
        let rates = [try Rate(parsing: "3/SECOND"), try Rate(parsing: "10/MINUTE"), try Rate(parsing: "100/DAY")]
        let table = LimitTable(version: 1, document: LimitsDocument(defaults: ["r": PolicyPatch(rates: rates)]))
        var state = LimiterState(table: table, nonce: 1, maxWaiters: 1)
        state.unknown = .past(UnknownUse.Past(reach: 60_000_000))
        let start = Timestamp(microseconds: 1_000_000_000)
        _ = state.perform(.advance, at: start)
        let request = AcquireRequest(claims: [AcquireRequest.Claim(key: LimitKey(host: "a", role: "r"))], wait: .client)
        let early = try state.check(request, at: start.advanced(by: 500_000))
        guard case .denied(let denial) = early else {
            Issue.record("\(early)")
            return
        }
        #expect(
            denial.retryAt == start.advanced(by: 60_000_000), "a minute could be used up, of a day nothing is assumed")
        guard case .granted = try state.check(request, at: denial.retryAt) else {
            Issue.record("it stays strict for no longer than it said")
            return
        }
    }

    @Test func leasesThatWereGivenAloneAreTakenOver() throws {
        let patch = PolicyPatch(maxDelayMilliseconds: 0, maxConcurrent: 4)
        let table = LimitTable(version: 1, document: LimitsDocument(defaults: ["r": patch]))
        var state = LimiterState(table: table, nonce: 1, maxWaiters: 1)
        let start = Timestamp(microseconds: 0)
        let request = AcquireRequest(claims: [AcquireRequest.Claim(key: LimitKey(host: "a", role: "r"))], wait: .client)
        var alone = state.divided(Share(oneOf: 2), known: start, begin: start, nonce: 2)
        var leases: [LeaseID] = []
        for _ in 0..<3 {
            if case .decided(.granted(let grant)) = try alone.acquire(request, at: start) {
                leases += [grant.lease].compactMap(\.self)
            }
        }
        #expect(leases.count == 2, "half of four")
        // Told twice, as when the answer to the first time is lost.
        for _ in 0..<2 { state.adopt(alone.separateLeases, at: start) }
        #expect(state.totals.inFlight == 2)
        #expect(state.release(leases[0], unused: false, at: start) == .released)
        #expect(state.totals.inFlight == 1)
        #expect(state.renew(leases[1], timeToLive: 1000, at: start) == .renewed(expires: start.advanced(by: 1000)))
        state.advance(to: start.advanced(by: 1000))
        #expect(state.totals.inFlight == 0)
    }
}

/// A random life of instances, some of which are cut off from the others for a while.
private struct DividedHistory {
    private struct Member {
        let instance: Instance
        var isConnected = true
        var known: LimiterState
        var knownAt: Timestamp
        var stated: Timestamp
        var alone: LimiterState?
        var uncounted: [UncheckedUnits] = []
    }

    private static let key = LimitKey(host: "a", role: "r")

    private var random: SeededGenerator
    private var log: LimiterState
    private var members: [Member] = []
    private var waiting: [WaiterID: AcquireRequest] = [:]
    private var starts: [Timestamp] = []
    private var now = Timestamp(microseconds: 1_000_000)
    private(set) var grantedAlone = 0

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        var rates: [Rate] = []
        for _ in 0..<random.number(1...3) {
            guard let rate = try? Rate(units: random.number(1...20), interval: Int64(random.number(1...80)) * 100_000)
            else { continue }
            rates.append(rate)
        }
        let patch = PolicyPatch(rates: rates, maxDelayMilliseconds: random.number(0...600))
        let table = LimitTable(version: 1, document: LimitsDocument(defaults: ["r": patch]))
        log = LimiterState(table: table, nonce: 1, maxWaiters: 50)
        for id in 0..<UInt64(random.number(2...4)) {
            let instance = Instance(id: id, name: "i\(id)", version: "0")
            members.append(Member(instance: instance, known: log, knownAt: now, stated: now))
        }
        // Twice: those who come first have to leave room for the others.
        for _ in 0..<2 { for index in members.indices { appear(index) } }
    }

    private mutating func perform(_ command: LimiterCommand, by index: Int) -> LimiterReply {
        let reply = log.perform(command, at: now)
        for case (let id, .success(.granted(let grant))) in log.takeDecisions() {
            if let request = waiting.removeValue(forKey: id) { note(grant, request) }
        }
        members[index].known = log
        members[index].knownAt = now
        return reply
    }

    private mutating func note(_ grant: Grant, _ request: AcquireRequest) {
        starts += Array(repeating: grant.start, count: request.claims[0].weight)
    }

    private mutating func appear(_ index: Int) {
        members[index].stated = now
        _ = perform(
            .present(members[index].instance, at: now, share: Share(oneOf: members.count)), by: index)
    }

    mutating func step() throws {
        now = now.advanced(by: Int64(random.number(0...100)) * 1000)
        for index in members.indices
        where members[index].isConnected && now.microseconds(since: members[index].stated) > 400_000 {
            appear(index)
        }
        let index = random.number(0...members.count - 1)
        if random.chance(3) {
            guard members[index].isConnected else { return comeBack(index) }
            members[index].isConnected = false
            return
        }
        let request = AcquireRequest(
            claims: [AcquireRequest.Claim(key: Self.key, weight: random.chance(80) ? 1 : random.number(1...4))],
            wait: random.chance(50) ? .server : .client, hold: false)
        for _ in 0..<random.number(1...4) { try ask(index, request) }
    }

    private mutating func ask(_ index: Int, _ request: AcquireRequest) throws {
        if members[index].isConnected {
            guard case .acquired(.success(let outcome)) = perform(.acquire(request, mayWait: true), by: index) else {
                return
            }
            switch outcome {
            case .decided(.granted(let grant)): note(grant, request)
            case .waiting(let id): waiting[id] = request
            case .decided(.denied): break
            }
            return
        }
        let begin = members[index].stated.advanced(by: InstanceTable.patience)
        guard now >= begin, let share = members[index].known.instances[members[index].instance.id]?.share else {
            return
        }
        if members[index].alone == nil {
            members[index].alone = members[index].known.divided(
                share, known: members[index].knownAt, begin: begin, nonce: 9)
        }
        var asked = request
        asked.wait = .client
        // One that is too heavy for any window is refused for good.
        let outcome = try? members[index].alone?.acquire(asked, at: now)
        guard case .decided(.granted(let grant)) = outcome else { return }
        note(grant, request)
        grantedAlone += 1
        members[index].uncounted += log.counted(request, at: grant.start)
    }

    private mutating func comeBack(_ index: Int) {
        _ = perform(.count(members[index].uncounted), by: index)
        if random.chance(30) {
            // Cut off again before the others leave its share alone no longer.
            members[index].uncounted = []
            members[index].alone = nil
            return
        }
        members[index].stated = now
        if log.instances[members[index].instance.id]?.isCutOff == true {
            _ = perform(.returned(members[index].instance, at: now, []), by: index)
        }
        members[index].uncounted = []
        members[index].alone = nil
        members[index].isConnected = true
    }

    func checkWindows() throws {
        let starts = starts.sorted()
        for window in log.table.policy(for: Self.key)?.windows ?? [] {
            for (first, last) in zip(starts, starts.dropFirst(window.units)) {
                let distance = last.microseconds(since: first)
                try require(
                    distance >= window.interval,
                    "\(window.units + 1) starts in \(distance) µs, from \(first) on, where \(window.rate) is allowed")
            }
        }
    }
}
