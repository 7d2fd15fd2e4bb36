import TestSupport
import Testing

@testable import RateLimiting

/// A log that loses what only some of those who follow it know: they tell before anybody is granted anything.
@Suite(.timeLimit(.minutes(5))) struct RecoveryTests {
    private static let request = AcquireRequest(
        claims: [.init(key: LimitKey(host: "a", role: "r"))], maxWaitMilliseconds: 0, hold: false)

    enum Loss: CaseIterable {
        case everything
        case newest

        func befall(_ log: MemoryLog) {
            switch self {
            case .everything: log.forget()
            case .newest: log.setBack(by: 2)
            }
        }
    }

    @Test("What one knows that others do not is counted before anything else starts", arguments: Loss.allCases)
    func telling(_ loss: Loss) async throws {
        let log = MemoryLog()
        let instances = try await RecoveryHistory.instances(2, on: log, ["3/HOUR"])
        for _ in 0..<2 { #expect(try await instances[1].acquire(Self.request).grant != nil) }
        loss.befall(log)
        var waiting = Self.request
        waiting.maxWaitMilliseconds = nil
        waiting.wait = .client
        for request in [Self.request, waiting] {
            let denial = try #require(try await instances[0].acquire(request).denial)
            #expect(denial.violations.map { "\($0.limit)" } == ["pause recovery"])
        }
        // The first says what it knows by asking, the second what it alone knows.
        for instance in [instances[1], instances[0], instances[1]] { _ = try await instance.usage(ListRequest()) }
        #expect(try await instances[0].acquire(Self.request).grant != nil)
        #expect(try await instances[1].acquire(Self.request).denial != nil)
    }

    @Test("A lease that one alone knows of is held on, and no other has its name", arguments: Loss.allCases)
    func leases(_ loss: Loss) async throws {
        let log = MemoryLog()
        let instances = try await RecoveryHistory.instances(2, on: log, [], maxConcurrent: 2)
        var request = Self.request
        request.hold = true
        for _ in 0..<2 { _ = try await instances[1].acquire(Self.request) }
        let lost = try #require(try await instances[1].acquire(request).grant?.lease)
        loss.befall(log)
        #expect(try await instances[0].acquire(request).denial != nil)
        for instance in [instances[1], instances[0], instances[1]] { _ = try await instance.usage(ListRequest()) }
        let next = try #require(try await instances[0].acquire(request).grant?.lease)
        #expect(next != lost)
        #expect(try await instances[0].acquire(request).denial?.violations.first?.limit == .maxConcurrent(2))
        #expect(try await instances[0].release(lost, unused: false) == .released)
        #expect(try await instances[0].acquire(request).grant != nil)
    }

    @Test(
        "Of two who waited, each in what the other does not know, one is told that it was missed",
        arguments: Loss.allCases)
    func waiters(_ loss: Loss) async throws {
        let log = MemoryLog()
        let instances = try await RecoveryHistory.instances(2, on: log, ["1/SECOND"])
        var request = Self.request
        request.maxWaitMilliseconds = nil
        for _ in 0..<2 { _ = try await instances[1].acquire(Self.request) }
        guard case .success(.pending(let lost)) = try await instances[1].begin([request])[0] else {
            Issue.record("it does not wait")
            return
        }
        loss.befall(log)
        guard case .success(.pending(let next)) = try await instances[0].begin([request])[0] else {
            Issue.record("the next does not wait")
            return
        }
        for instance in [instances[1], instances[0], instances[1]] { _ = try await instance.usage(ListRequest()) }
        log.pass(2_000_000)
        for instance in instances { _ = try await instance.usage(ListRequest()) }
        // Whose log it is depends on who had more to tell.
        var grants = 0
        for pending in [lost, next] {
            do {
                if try await pending.decision().grant != nil { grants += 1 }
            } catch is LimitLogUnavailable {}
        }
        #expect(grants == 1)
    }

    @Test("One that is gone is not waited for longer than a second", arguments: Loss.allCases)
    func giveUp(_ loss: Loss) async throws {
        let log = MemoryLog()
        let instances = try await RecoveryHistory.instances(2, on: log, ["3/HOUR"])
        for _ in 0..<2 { #expect(try await instances[1].acquire(Self.request).grant != nil) }
        loss.befall(log)
        #expect(try await instances[0].acquire(Self.request).denial != nil)
        log.pass(Recovery.patience - 1)
        #expect(try await instances[0].acquire(Self.request).denial != nil)
        log.pass(1)
        #expect(try await instances[0].acquire(Self.request).grant != nil)
    }

    @Test func noWindowIsExceededWhateverTheLogLoses() async throws {
        var (losses, grants) = (0, 0)
        for index in 0..<8 {
            let seed = TestSeed.current &+ UInt64(index)
            do {
                var history = try await RecoveryHistory(seed: seed)
                for _ in 0..<400 { try await history.step() }
                try history.checkWindows()
                losses += history.losses
                grants += history.starts.count
            } catch {
                Issue.record("\(error), with WEIR_TEST_SEED=\(seed)")
                return
            }
        }
        #expect(losses > 100 && grants > 200, "\(losses) losses, \(grants) grants")
    }
}

/// A random life of three instances, and of their log, which loses something now and then.
private struct RecoveryHistory {
    private static let rates = ["5/SECOND", "8/2SECOND"]

    private(set) var losses = 0
    private(set) var starts: [Timestamp] = []
    private var random: SeededGenerator
    private let log = MemoryLog()
    private let instances: [ReplicatedBackend]
    /// Microseconds since all instances were heard.
    private var sinceHeard: Int64 = 0

    static func instances(
        _ count: Int, on log: MemoryLog, _ rates: [String], maxConcurrent: Int? = nil
    ) async throws -> [ReplicatedBackend] {
        let patch = PolicyPatch(
            rates: try rates.map { try Rate(parsing: $0) }, maxDelayMilliseconds: 2000, maxConcurrent: maxConcurrent)
        let table = LimitTable(version: 1, document: LimitsDocument(defaults: ["r": patch]))
        var instances: [ReplicatedBackend] = []
        for number in 0..<count {
            let instance = Instance(name: "\(number)", version: "0")
            instances.append(
                try await ReplicatedBackend.joining(log, as: instance, table: table, patience: .seconds(60)))
        }
        // They know of each other.
        for instance in instances { _ = try await instance.usage(ListRequest()) }
        return instances
    }

    init(seed: UInt64) async throws {
        random = SeededGenerator(seed: seed)
        instances = try await Self.instances(3, on: log, Self.rates)
    }

    mutating func step() async throws {
        guard let instance = instances.randomElement(using: &random) else { return }
        switch random.number(0...99) {
        case ..<55:
            let request = AcquireRequest(
                claims: [.init(key: LimitKey(host: "a", role: "r"), weight: random.number(1...2))],
                maxWaitMilliseconds: random.chance(70) ? 0 : random.number(0...1500), wait: .client, hold: false)
            guard let grant = try await instance.acquire(request).grant else { return }
            starts += Array(repeating: grant.start, count: request.claims[0].weight)
        case ..<65: _ = try await instance.usage(ListRequest())
        case ..<93:
            let time = Int64(random.number(1...300)) * 1000
            sinceHeard += time
            if sinceHeard >= Recovery.patience {
                // All of them are alive, and tell in time.
                for instance in instances + instances { try await instance.appear() }
                sinceHeard = time
            }
            log.pass(time)
        default:
            losses += 1
            if random.chance(50) { log.forget() } else { log.setBack(by: random.number(0...6)) }
        }
    }

    func checkWindows() throws {
        let starts = starts.sorted()
        for rate in try Self.rates.map({ try Rate(parsing: $0) }) {
            for (first, last) in zip(starts, starts.dropFirst(rate.units)) {
                let distance = last.microseconds(since: first)
                try require(distance >= rate.interval, "\(rate.units + 1) starts in \(distance) µs, from \(first) on")
            }
        }
    }
}
