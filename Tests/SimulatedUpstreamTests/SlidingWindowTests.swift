import Testing

@testable import SimulatedUpstream

@Suite("The judge of politeness")
struct SlidingWindowTests {
    @Test("counts what a naive count of all intervals counts", arguments: 0..<40)
    func agreesWithModel(round: Int) {
        let seed = UInt64.random(in: .min ... .max)
        print("sliding window seed", seed)
        var random = SplitMix64(seed: seed)
        let limit = Int.random(in: 1...12, using: &random)
        let length = Int64.random(in: 1...1_000, using: &random)
        var window = SlidingWindow(limit: limit, length: length)
        var arrivals: [Int64] = []
        var now: Int64 = 0
        var most = 0
        for _ in 0..<500 {
            now += Int64.random(in: 0...(2 * length / Int64(limit) + 1), using: &random)
            arrivals.append(now)
            // Half-open: an arrival exactly one length ago is in another interval.
            let inside = arrivals.count { $0 > now - length }
            most = max(most, inside)
            #expect(window.record(at: now) == max(0, inside - limit), "seed \(seed)")
            #expect(window.most == most, "seed \(seed)")

            // The next one fits at `nextFit`, and not a moment earlier.
            let fits = window.nextFit
            #expect((fits <= now) == (inside < limit), "seed \(seed)")
            if fits > now {
                #expect(arrivals.count { $0 > fits - length } < limit, "seed \(seed)")
                #expect(arrivals.count { $0 > fits - 1 - length } >= limit, "seed \(seed)")
            }
        }
        #expect(window.worstExcess == max(0, most - limit))
    }

    @Test("holds the rule for the host and the rule for the role together, exact names before *")
    func rules() throws {
        let rules = try LimitRules(
            ["*=3/s", "*:artifact=1/s", "quick.example=100/s"].map { try LimitRule(parsing: $0) },
            toleranceMilliseconds: 50)
        var judge = JudgeState(rules: rules)
        let millisecond: Int64 = 1_000_000

        #expect(judge.count(host: "a.example", role: .artifact, at: 0) == .admitted)
        #expect(judge.count(host: "b.example", role: .artifact, at: 0) == .admitted)
        #expect(judge.count(host: "a.example", role: .landing, at: 1) == .admitted)
        #expect(
            judge.count(host: "a.example", role: .artifact, at: 949 * millisecond)
                == .rejected(retryAfterSeconds: 1))
        #expect(
            judge.count(host: "a.example", role: .landing, at: 949 * millisecond) == .rejected(retryAfterSeconds: 1))
        for _ in 0..<100 {
            #expect(judge.count(host: "quick.example", role: .landing, at: 950 * millisecond) == .admitted)
        }
        // The rejected request counted too, so the artifact rule is only met one shortened second after it.
        #expect(
            judge.count(host: "a.example", role: .artifact, at: 1_898 * millisecond)
                == .rejected(retryAfterSeconds: 1))
        #expect(judge.count(host: "a.example", role: .artifact, at: 2_848 * millisecond) == .admitted)
        #expect(judge.worstExcess == 1)
        #expect(judge.rejected == 3)
        #expect(judge.requests == 107)
    }

    @Test(
        "reads rates",
        arguments: [
            ("10/SECOND", "10/SECOND", 1), ("1/3SECOND", "1/3SECOND", 3), ("300/5m", "300/5MINUTE", 300),
            ("5000/h", "5000/HOUR", 3_600), ("2/d", "2/DAY", 86_400),
        ])
    func rates(text: String, name: String, seconds: Int64) throws {
        let rate = try UpstreamRate(parsing: text)
        #expect(rate.description == name)
        #expect(rate.nanoseconds == seconds * 1_000_000_000)
    }

    @Test("refuses what is not a rule", arguments: ["a", "=1/s", "a=1", "a=0/s", "a=1/w", "a:pdf=1/s", "a=1/s,"])
    func badRules(text: String) {
        #expect(throws: ArgumentProblem.self) { try LimitRule(parsing: text) }
    }
}
