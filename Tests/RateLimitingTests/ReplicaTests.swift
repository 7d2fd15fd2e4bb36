import TestSupport
import Testing

@testable import RateLimiting

/// The same commands bring every replica to the same state, through their bytes and through checkpoints.
struct ReplicaTests {
    @Test func replicasAgreeInRandomHistories() throws {
        for index in 0..<500 {
            let seed = TestSeed.current &+ UInt64(index)
            do {
                var history = ReplicaHistory(seed: seed)
                for _ in 0..<60 { try history.step() }
            } catch {
                Issue.record("\(error), with WEIR_TEST_SEED=\(seed)")
                return
            }
        }
    }

    @Test func bytesOfAnotherFormatAreRefused() throws {
        let table = LimitTable(version: 1, document: LimitsDocument(defaults: ["r": PolicyPatch()]))
        let state = LimiterState(table: table, nonce: 1, maxWaiters: 10)
        let start = LogPosition(number: 0, mark: 1)
        let checkpoint = Replica(state, at: start, Timestamp(microseconds: 0)).checkpoint
        let later = LogCheckpoint(position: start, time: checkpoint.time, bytes: [99] + checkpoint.bytes.dropFirst())
        #expect(throws: MalformedBytes.self) { try Replica(later) }
        for count in 0..<checkpoint.bytes.count {
            let cut = LogCheckpoint(
                position: start, time: checkpoint.time, bytes: Array(checkpoint.bytes.prefix(count)))
            #expect(throws: MalformedBytes.self) { try Replica(cut) }
        }
        var reader = ByteReader([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02])
        #expect(throws: MalformedBytes.self) { try reader.readUnsigned() }
    }

    @Test("A log of another format is refused in words that say what to do", arguments: [4, 6] as [UInt8])
    func formats(_ format: UInt8) {
        let entry = LogEntry(
            position: LogPosition(number: 1, mark: 1), time: Timestamp(microseconds: 0), bytes: [format, 0])
        let table = LimitTable(version: 1, document: LimitsDocument(defaults: ["r": PolicyPatch()]))
        let state = LimiterState(table: table, nonce: 1, maxWaiters: 10)
        var replica = Replica(state, at: LogPosition(number: 0, mark: 1), Timestamp(microseconds: 0))
        let words =
            format > Replica.format ? ["a newer version", "upgrade this one"] : ["an older version", "stop those"]
        #expect {
            try replica.follow(entry)
        } throws: { error in
            words.allSatisfy { "\(error)".contains($0) }
        }
        #expect(replica.position.number == 0, "nothing was followed")
    }

    /// Whoever can write to the log must not bring down who reads it.
    @Test func numbersThatNobodyMeansAreRefused() {
        func isRefused<Value: BinaryCodable>(_ value: Value) -> Bool {
            var bytes = ByteWriter()
            bytes.write(value)
            var reader = ByteReader(bytes.bytes)
            return (try? Value(from: &reader)) == nil
        }
        for amount in [Int.min, -1, 1 << 41, .max] {
            #expect(isRefused(PolicyPatch(maxDelayMilliseconds: amount)))
            #expect(isRefused(PolicyPatch(guardMilliseconds: amount)))
            #expect(isRefused(AcquireRequest(claims: [], leaseTTLMilliseconds: amount)))
            var aimd = AIMDSettings()
            aimd.windowSeconds = amount
            #expect(isRefused(aimd))
        }
        for factor in [-1, .nan, .infinity, 1e300] {
            var aimd = AIMDSettings()
            aimd.minimumMultiplier = factor
            #expect(isRefused(aimd))
        }
        var ring = ByteWriter()
        ring.write(Int.max)
        ring.write(unsigned: 300_000)
        ring.write(contentsOf: repeatElement(0, count: 300_000))
        var reader = ByteReader(ring.bytes)
        #expect(throws: MalformedBytes.self) { try StartRing(from: &reader) }
    }

    @Test(
        "A batch that counts less than nothing, or more than can be added up, is refused", arguments: [.min, -1, .max])
    func weightsNobodyGranted(_ weight: Int) throws {
        let table = LimitTable(version: 1, document: LimitsDocument(defaults: ["r": PolicyPatch(rates: [])]))
        var replica = Replica(
            LimiterState(table: table, nonce: 1, maxWaiters: 0), at: LogPosition(number: 0, mark: 0),
            Timestamp(microseconds: 0))
        let key = LimitKey(host: "a", role: "r")
        let units = UncheckedUnits(key: key, start: Timestamp(microseconds: 0), weight: weight)
        let entry = LogEntry(
            position: LogPosition(number: 1, mark: 1), time: Timestamp(microseconds: 1),
            bytes: Replica.batch([.count([units, units])], mark: 1).bytes)
        #expect(throws: MalformedBytes.self) { try replica.follow(entry) }
    }

    @Test(arguments: [Int64.min, -1, 0, 1, 63, 64, 1 << 40, .max])
    func numbersComeBackAsTheyWere(_ number: Int64) throws {
        var bytes = ByteWriter()
        bytes.write(number)
        var reader = ByteReader(bytes.bytes)
        #expect(try reader.read(Int64.self) == number)
        #expect(reader.isAtEnd)
    }
}

/// A random life of a limiter, and of a replica that follows it.
private struct ReplicaHistory {
    private var random: SeededGenerator
    private var leader: Replica
    private var follower: Replica
    private var now = Timestamp(microseconds: 0)
    private var leases: [LeaseID] = []
    private var waiters: [WaiterID] = []
    private var grants: [(AcquireRequest, Grant)] = []

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        var document = RandomLimits.document(&random)
        document.aimd.enabled = random.chance(50)
        document.aimd.windowSeconds = 1
        let state = LimiterState(
            table: LimitTable(version: 1, document: document), nonce: 7, maxWaiters: 20, maxKeys: 3)
        leader = Replica(state, at: LogPosition(number: 0, mark: 0), now)
        follower = leader
    }

    mutating func step() throws {
        passTime()
        let commands = (0..<random.number(1...3)).map { _ in command() }
        let mark = UInt64(leader.position.number) + 1
        let batch = Replica.batch(commands, mark: mark)
        let entry = LogEntry(
            position: LogPosition(number: leader.position.number + 1, mark: mark), time: now, bytes: batch.bytes)
        let results = try leader.follow(entry)
        let others = try follower.follow(entry)
        for ((_, reply), (_, other)) in zip(results, others) { try compare(reply, other) }
        for (command, reply) in results { remember(command, reply) }
        let decisions = leader.state.takeDecisions()
        let same = follower.state.takeDecisions()
        try require(decisions.map(\.0) == same.map(\.0), "decided \(decisions), the other \(same)")
        for ((_, decision), (_, other)) in zip(decisions, same) {
            try require(decision == other, "decided \(decision), the other \(other)")
        }
        try require(leader.state.takeEvents() == follower.state.takeEvents(), "other events")
        if random.chance(5) {
            let checkpoint = leader.checkpoint
            try require(checkpoint.bytes == follower.checkpoint.bytes, "the states differ")
            follower = try Replica(checkpoint)
        }
    }

    private mutating func passTime() {
        var copy = leader.state
        if random.chance(30), let wake = copy.nextWake() {
            now = max(now, wake)
        } else {
            now = now.advanced(by: Int64(random.number(0...20)) * 500)
        }
    }

    private mutating func command() -> LimiterCommand {
        let host = RandomLimits.hosts.randomElement(using: &random) ?? "a"
        let role = random.chance(50) ? "r" : nil
        switch random.number(0...99) {
        case ..<45:
            var request = RandomLimits.request(&random)
            if random.chance(20) { request.idempotencyKey = "k\(random.number(0...3))" }
            return .acquire(request, mayWait: random.chance(90))
        case ..<60:
            return leases.randomElement(using: &random).map { .release($0, unused: random.chance(30)) } ?? .advance
        case ..<68: return waiters.randomElement(using: &random).map { .cancel($0) } ?? .advance
        case ..<73:
            guard let (request, grant) = grants.randomElement(using: &random) else { return .advance }
            return .giveBack(grant, to: request)
        case ..<78: return leases.randomElement(using: &random).map { .renew($0, timeToLive: 20_000) } ?? .advance
        case ..<85:
            let outcome = UpstreamOutcome(
                status: random.chance(50) ? 429 : 200, retryAfter: random.chance(30) ? 5_000 : nil)
            return leases.randomElement(using: &random).map { .report(outcome, $0, host: nil) } ?? .advance
        case ..<88: return .reset(host: host, role: role)
        case ..<91:
            let until = now.advanced(by: Int64(random.number(-5...15)) * 1000)
            return .pause(PauseScope(host: host, role: role), Pause(until: until, reason: .byOperator))
        case ..<94: return .resume(PauseScope(host: host, role: role))
        case ..<98:
            var document = RandomLimits.document(&random)
            document.aimd = leader.state.table.document.aimd
            return .apply(LimitTable(version: leader.state.table.version + random.number(0...1), document: document))
        case 98 where random.chance(50):
            return random.chance(50)
                ? .recover((0...2).filter { _ in random.chance(50) }) : .recounted(UInt64(random.number(0...2)))
        case 98:
            let key = LimitKey(host: host, role: "r")
            return .count([UncheckedUnits(key: key, start: now.advanced(by: -1000), weight: random.number(1...2))])
        default:
            // Some are cut off, and so limits are divided now and then.
            let instance = Instance(id: UInt64(random.number(0...2)), name: "i\(random.number(0...4))", version: "0")
            let stated = now.advanced(by: Int64(random.number(-3000...0)) * 1000)
            guard random.chance(50) else { return .returned(instance, at: stated, []) }
            let share = random.chance(70) ? Share(oneOf: random.number(1...4)) : nil
            return .present(instance, at: stated, share: share)
        }
    }

    private mutating func remember(_ command: LimiterCommand, _ reply: LimiterReply) {
        guard case .acquire(let request, _) = command, case .acquired(.success(let outcome)) = reply else { return }
        switch outcome {
        case .decided(.granted(let grant)):
            if let lease = grant.lease { leases.append(lease) }
            grants.append((request, grant))
        case .waiting(let id): waiters.append(id)
        case .decided(.denied): break
        }
    }

    private func compare(_ reply: LimiterReply, _ other: LimiterReply) throws {
        if case .resumed(let ended) = reply, case .resumed(let same) = other {
            return try require(ended == same, "resumed \(ended), the other \(same)")
        }
        try require("\(reply)" == "\(other)", "replied \(reply), the other \(other)")
    }
}
