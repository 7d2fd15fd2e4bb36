import TestSupport
import Testing

@testable import RateLimiting

@Suite("A full table of keys") struct FullKeyTableTests {
    private func limiter(_ rate: String = "1/10SECOND", named: [String] = [], maxKeys: Int) throws -> LimiterState {
        let patch = PolicyPatch(rates: [try Rate(parsing: rate)], maxDelayMilliseconds: 0, maxConcurrent: 1)
        let document = LimitsDocument(
            defaults: ["r": patch], hosts: Dictionary(uniqueKeysWithValues: named.map { ($0, ["r": PolicyPatch()]) }))
        return LimiterState(
            table: LimitTable(version: 1, document: document), nonce: 1, maxWaiters: 10, maxKeys: maxKeys)
    }

    private func request(_ hosts: [String], hold: Bool = false, maxWait: Int = 0) -> AcquireRequest {
        AcquireRequest(
            claims: hosts.map { .init(key: LimitKey(host: $0, role: "r")) }, maxWaitMilliseconds: maxWait, hold: hold,
            leaseTTLMilliseconds: 60_000)
    }

    private func seconds(_ seconds: Double) -> Timestamp { Timestamp(microseconds: Int64(seconds * 1_000_000)) }

    /// Seconds until when the table has no room; `nil` where the request is granted.
    private func full(_ hosts: String..., in state: inout LimiterState, at time: Double) throws -> Double? {
        guard case .decided(let decision) = try state.acquire(request(hosts), at: seconds(time)) else {
            throw BrokenPromise(description: "\(hosts) waits")
        }
        guard let denial = decision.denial else { return nil }
        try require(denial.violations.map(\.limit) == [.maxKeys(state.maxKeys)], "\(denial.violations)")
        return Double(denial.retryAt.microseconds(since: seconds(0))) / 1_000_000
    }

    @Test("says exactly when there is room, and forgets from the oldest on")
    func exact() throws {
        var state = try limiter(maxKeys: 3)
        for (host, time) in [("a", 0.0), ("b", 1), ("c", 2)] {
            #expect(try full(host, in: &state, at: time) == nil)
        }
        #expect(try full("d", in: &state, at: 5) == 10)
        #expect(try full("d", in: &state, at: 9.999_999) == 10)
        #expect(try full("d", in: &state, at: 10) == nil)
        #expect(try full("e", in: &state, at: 10) == 11)
        // Two more at once have to wait for two.
        #expect(try full("e", "f", in: &state, at: 10.5) == 12)
        #expect(try full("e", "f", in: &state, at: 12) == nil)
        #expect(state.totals.keys == 3)
    }

    @Test("goes by the last use")
    func used() throws {
        var state = try limiter("2/10SECOND", maxKeys: 2)
        for (host, time) in [("a", 0.0), ("b", 1), ("a", 4)] {
            #expect(try full(host, in: &state, at: time) == nil)
        }
        #expect(try full("c", in: &state, at: 5) == 11)
        #expect(try full("c", in: &state, at: 11) == nil)
        #expect(try full("d", in: &state, at: 11) == 14)
    }

    @Test("lets hosts in that the limits name, always")
    func named() throws {
        var state = try limiter(named: ["x", "y"], maxKeys: 2)
        for host in ["a", "b", "x", "y"] { #expect(try full(host, in: &state, at: 0) == nil) }
        #expect(try full("c", in: &state, at: 0) == 10)
        #expect(try full("x", "y", in: &state, at: 10) == nil)
        // What is named counts: two have to go before another stranger comes.
        #expect(try full("c", in: &state, at: 10) == 20)
    }

    @Test("is not filled by those who only ask, or are denied")
    func checks() throws {
        var state = try limiter(maxKeys: 2)
        for number in 0..<100 {
            #expect(try state.check(request(["h\(number)"]), at: seconds(0)).grant != nil)
        }
        #expect(state.totals.keys <= 2)
        #expect(try full("a", "b", in: &state, at: 0) == nil)
    }

    @Test("keeps what is in flight; a release makes room before the lease would have ended")
    func leases() throws {
        var state = try limiter(maxKeys: 1)
        guard case .decided(.granted(let grant)) = try state.acquire(request(["a"], hold: true), at: seconds(0)),
            let lease = grant.lease
        else {
            Issue.record("not granted")
            return
        }
        #expect(try full("b", in: &state, at: 1) == 60)
        #expect(state.release(lease, unused: false, at: seconds(2)) == .released)
        #expect(try full("b", in: &state, at: 3) == 10)
        #expect(try full("b", in: &state, at: 10) == nil)
    }

    @Test("keeps what is paused or waited for")
    func waiters() throws {
        var state = try limiter(maxKeys: 1)
        state.pause(PauseScope(host: "a"), Pause(until: seconds(30), reason: .byOperator), at: seconds(0))
        #expect(try state.acquire(request(["a"]), at: seconds(0)).denial?.retryAt == seconds(30))
        #expect(try full("b", in: &state, at: 0) == 30)
        #expect(try full("b", in: &state, at: 30) == nil)
    }

    @Test("keeps the keys of the request that it makes room for")
    func own() throws {
        var state = try limiter(maxKeys: 2)
        for host in ["a", "b"] { #expect(try full(host, in: &state, at: 0) == nil) }
        #expect(try full("a", "c", in: &state, at: 10) == nil)
        #expect(state.keys.place(of: LimitKey(host: "a", role: "r")) != nil)
        #expect(state.keys.place(of: LimitKey(host: "b", role: "r")) == nil)
    }

    @Test("stays small where many come and go")
    func passing() throws {
        var state = try limiter("1/SECOND", maxKeys: 100)
        for number in 0..<5000 {
            #expect(try full("h\(number)", in: &state, at: Double(number) / 50) == nil)
            #expect(state.totals.keys <= 100)
        }
    }

    /// Hosts come and go at random; a naive model knows when each was used last.
    @Test("agrees with a naive model, through checkpoints too")
    func model() throws {
        for index in 0..<300 {
            let seed = TestSeed.current &+ UInt64(index)
            var random = SeededGenerator(seed: seed)
            let most = random.number(1...4)
            var state = try limiter("1/5SECOND", maxKeys: most)
            var ends: [String: Double] = [:]
            var time = 0.0
            for _ in 0..<60 {
                time += Double(random.number(0...4)) / 2
                let host = "h\(random.number(0...8))"
                ends = ends.filter { $0.value > time }
                if random.chance(10) {
                    var bytes = ByteWriter()
                    bytes.write(state)
                    var reader = ByteReader(bytes.bytes)
                    state = try reader.read()
                }
                if ends[host] != nil {
                    let decision = try state.acquire(request([host]), at: seconds(time)).denial
                    #expect(
                        decision?.violations.map(\.limit) == [.rate(try Rate(parsing: "1/5SECOND"))], "seed \(seed)")
                } else {
                    let expected = ends.count < most ? nil : ends.values.min()
                    #expect(try full(host, in: &state, at: time) == expected, "seed \(seed)")
                    if expected == nil { ends[host] = time + 5 }
                }
            }
        }
    }
}

extension LimiterState.Outcome {
    fileprivate var denial: Denial? {
        if case .decided(.denied(let denial)) = self { denial } else { nil }
    }
}
