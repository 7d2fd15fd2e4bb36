import TestSupport
import Testing

@testable import RateLimiting

struct LimiterStateTests {
    @Test func keepsItsPromisesInRandomHistories() throws {
        for index in 0..<10_000 {
            let seed = TestSeed.current &+ UInt64(index)
            do {
                var history = LimiterHistory(seed: seed)
                try history.run(events: 60)
            } catch {
                Issue.record("\(error), with WEIR_TEST_SEED=\(seed)")
                return
            }
        }
    }

    private static func document(
        _ rates: [String], maxDelay: Int = 0, maxConcurrent: Int? = nil, countHead: Bool = false
    ) throws -> LimitsDocument {
        let patch = PolicyPatch(
            rates: try rates.map { try Rate(parsing: $0) }, maxDelayMilliseconds: maxDelay,
            maxConcurrent: maxConcurrent, countHead: countHead)
        return LimitsDocument(defaults: ["r": patch], hosts: [:], globalMaxInflight: 100)
    }

    private static func request(_ host: String, weight: Int = 1, hold: Bool = false) -> AcquireRequest {
        AcquireRequest(claims: [.init(key: LimitKey(host: host, role: "r"), weight: weight)], hold: hold)
    }

    private static func seconds(_ seconds: Double) -> Timestamp {
        Timestamp(microseconds: Int64(seconds * 1_000_000))
    }

    private func limiter(_ document: LimitsDocument) -> LimiterState {
        LimiterState(table: LimitTable(version: 1, document: document), nonce: 1, maxWaiters: 100)
    }

    @Test(
        "A pause holds where the mode is off, too; where it is shadow, it is reported", arguments: Policy.Mode.allCases)
    func pauses(mode: Policy.Mode) throws {
        let patch = PolicyPatch(rates: [], maxDelayMilliseconds: 0, mode: mode)
        var state = limiter(LimitsDocument(defaults: ["r": patch], hosts: [:], globalMaxInflight: 100))
        let (now, end) = (Self.seconds(1), Self.seconds(5))
        let pause = state.pause(PauseScope(host: "a"), Pause(until: end, reason: .retryAfter), at: now)
        let decided = try state.acquire(Self.request("a"), at: now)
        switch (mode, decided) {
        case (.shadow, .decided(.granted(let grant))):
            #expect(grant.start == now && grant.shadowed.map(\.limit) == [.pause(pause)])
        case (.enforce, .decided(.denied(let denial))), (.off, .decided(.denied(let denial))):
            #expect(denial.retryAt == end && denial.violations.map(\.limit) == [.pause(pause)])
        default: Issue.record("\(decided)")
        }
        guard mode == .off else { return }
        guard case .decided(.granted) = try state.acquire(Self.request("b"), at: now) else {
            Issue.record("another host is closed as well")
            return
        }
        // Who waits starts when the host is opened.
        var patient = Self.request("a")
        patient = AcquireRequest(claims: patient.claims, maxWaitMilliseconds: 60_000, hold: false)
        guard case .waiting(let id) = try state.acquire(patient, at: now) else {
            Issue.record("it does not wait")
            return
        }
        _ = state.resume(PauseScope(host: "a"), at: Self.seconds(2))
        let decisions = state.takeDecisions()
        #expect(decisions.count == 1 && decisions.first?.0 == id)
    }

    /// A booking stays in front of a waiter only for as long as that one has a start behind it.
    @Test func whoIsDeniedByANewTableHoldsNobodyBack() throws {
        var state = limiter(try Self.document([], maxDelay: 10_000))
        let now = Self.seconds(1)
        state.pause(PauseScope(host: "c"), Pause(until: Self.seconds(2), reason: .byOperator), at: now)
        func request(_ hosts: [String], maxWait: Int, wait: AcquireRequest.Wait) -> AcquireRequest {
            AcquireRequest(
                claims: hosts.map { .init(key: LimitKey(host: $0, role: "r")) }, maxWaitMilliseconds: maxWait,
                wait: wait, hold: false)
        }
        let paused = try state.acquire(request(["a", "c"], maxWait: 1000, wait: .server), at: now)
        let behind = try state.acquire(request(["a"], maxWait: 5000, wait: .server), at: now)
        let promised = try state.acquire(request(["a"], maxWait: 5000, wait: .client), at: now)
        guard case .waiting(let first) = paused, case .waiting(let second) = behind,
            case .decided(.granted(let grant)) = promised
        else {
            Issue.record("\(paused), \(behind), \(promised)")
            return
        }
        #expect(grant.start == Self.seconds(2))
        state.apply(LimitTable(version: 2, document: try Self.document(["1/SECOND"], maxDelay: 10_000)), at: now)
        let decisions = Dictionary(uniqueKeysWithValues: state.takeDecisions())
        #expect(try decisions[first]?.get().denial != nil)
        #expect(try decisions[second]?.get().grant?.start == now)
    }

    @Test func refusesWhatNoTimeWouldAllow() throws {
        var state = limiter(try Self.document(["5/SECOND", "3/SECOND"]))
        let key = LimitKey(host: "a", role: "r")
        let now = Self.seconds(0)
        #expect(throws: AcquireError.noClaims) { try state.acquire(AcquireRequest(claims: []), at: now) }
        #expect(throws: AcquireError.weightBelowOne(claim: 0)) {
            try state.acquire(Self.request("a", weight: 0), at: now)
        }
        #expect(throws: AcquireError.weightExceedsLimit(claim: 0, key: key, heaviest: 3)) {
            try state.acquire(Self.request("a", weight: 4), at: now)
        }
        #expect(throws: AcquireError.repeatedKey(claim: 1)) {
            try state.acquire(AcquireRequest(claims: [.init(key: key), .init(key: key)]), at: now)
        }
        #expect(throws: AcquireError.unknownRole(claim: 0, role: "q")) {
            try state.acquire(AcquireRequest(claims: [.init(key: LimitKey(host: "a", role: "q"))]), at: now)
        }
    }

    @Test func aRestartIsNoWayAroundTheLimits() throws {
        var state = limiter(try Self.document(["2/SECOND", "3/MINUTE"]))
        let key = LimitKey(host: "a", role: "r")
        let unknown = LimitKey(host: "a", role: "q")
        state.recall(
            [(key, Self.seconds(9)), (unknown, Self.seconds(9)), (key, Self.seconds(9.5))], at: Self.seconds(9.5))
        for (time, retry) in [(9.75, 10.0), (10, nil), (11, 69)] as [(Double, Double?)] {
            let outcome = try state.acquire(Self.request("a"), at: Self.seconds(time))
            switch outcome {
            case .decided(.granted): #expect(retry == nil, "at \(time)")
            case .decided(.denied(let denial)): #expect(denial.retryAt == retry.map(Self.seconds), "at \(time)")
            case .waiting: Issue.record("nobody was to wait")
            }
        }
    }

    /// A reload may leave a waiter heavier than a window: it is refused, and the limiter lives on.
    @Test func aWaiterThatAReloadMakesTooHeavyIsRefused() throws {
        var state = limiter(try Self.document([], maxDelay: 1000, maxConcurrent: 1))
        _ = try state.acquire(Self.request("a", hold: true), at: Self.seconds(0))
        _ = try state.acquire(Self.request("a", weight: 3, hold: true), at: Self.seconds(0))
        let lowered = try Self.document(["2/SECOND"], maxDelay: 1000, maxConcurrent: 1)
        state.apply(LimitTable(version: 2, document: lowered), at: Self.seconds(0.1))
        let key = LimitKey(host: "a", role: "r")
        #expect(state.refusals == [.weightExceedsLimit(claim: 0, key: key, heaviest: 2)])
    }

    /// Dropping idle keys goes by the windows in force, not by those of the key's last use.
    @Test func droppingIdleKeysKeepsTheHistoryThatANewTableNeeds() throws {
        var state = limiter(try Self.document(["1/SECOND"]))
        _ = try state.acquire(Self.request("a"), at: Self.seconds(0))
        state.apply(LimitTable(version: 2, document: try Self.document(["1/HOUR"])), at: Self.seconds(1))
        for number in 0..<3000 {
            _ = try state.acquire(Self.request("other-\(number)"), at: Self.seconds(2))
        }
        guard case .decided(.denied) = try state.acquire(Self.request("a"), at: Self.seconds(3)) else {
            Issue.record("the second unit within an hour was granted")
            return
        }
    }

    /// Units are given back where they were taken, and nowhere else.
    @Test func anUnusedHeadRequestGivesBackOnlyWhatItTook() throws {
        var document = try Self.document(["1/SECOND"], countHead: true)
        document.hosts["free"] = ["r": PolicyPatch(countHead: false)]
        var state = limiter(document)
        let claims = ["counted", "free"].map { AcquireRequest.Claim(key: LimitKey(host: $0, role: "r")) }
        let head = try state.acquire(AcquireRequest(claims: claims, isHead: true), at: Self.seconds(0))
        _ = try state.acquire(Self.request("free"), at: Self.seconds(0))
        guard case .decided(.granted(let grant)) = head, let lease = grant.lease else {
            Issue.record("not granted: \(head)")
            return
        }
        #expect(state.release(lease, unused: true, at: Self.seconds(0)) == .released)
        guard case .decided(.denied) = try state.acquire(Self.request("free"), at: Self.seconds(0.5)) else {
            Issue.record("two units within a second")
            return
        }
    }

    @Test func leasesAreTextAndBack() throws {
        let id = LeaseID(nonce: 0xAB, number: 12_345, place: 67)
        #expect(LeaseID(id.description) == id)
        for text in ["", "-", "ab-1", "00000000000000ab", "00000000000000ab-1", "00000000000000ag-1-1", "\(id)-1"] {
            #expect(LeaseID(text) == nil, "\(text)")
        }
    }
}

extension LimiterState {
    /// Why waiters were refused since the last call.
    fileprivate var refusals: [AcquireError] {
        mutating get {
            takeDecisions().compactMap { if case .failure(let error) = $0.1 { error } else { nil } }
        }
    }
}
