import Testing

@testable import RateLimiting

/// Additive increase, multiplicative decrease, by what upstreams answered.
struct AdaptationTests {
    private let settings: AIMDSettings

    init() {
        var settings = AIMDSettings()
        settings.enabled = true
        settings.windowSeconds = 10
        self.settings = settings
    }

    private static func seconds(_ seconds: Double) -> Timestamp {
        Timestamp(microseconds: Int64(seconds * 1_000_000))
    }

    private func observe(_ adaptation: inout Adaptation, refusals: Int, of answers: Int, at time: Double) {
        for number in 0..<answers {
            adaptation.observe(
                isRefusal: number < refusals, of: Self.seconds(time), at: Self.seconds(time), under: settings)
        }
    }

    @Test(arguments: [(0, 20, 1.0), (1, 21, 1.0), (1, 20, 0.8), (20, 20, 0.8)])
    func fallsFromTheShareThatIsSet(refusals: Int, answers: Int, multiplier: Double) {
        var adaptation = Adaptation()
        observe(&adaptation, refusals: refusals, of: answers, at: 0)
        #expect(adaptation.settle(at: Self.seconds(9.999), under: settings) == nil)
        let change = adaptation.settle(at: Self.seconds(10), under: settings)
        #expect(change == (multiplier == 1 ? nil : .init(from: 1, to: multiplier)))
        #expect(adaptation.multiplier == multiplier)
    }

    @Test func staysWithinItsBoundsAndRecovers() {
        var adaptation = Adaptation()
        for window in 0..<10 {
            observe(&adaptation, refusals: 5, of: 5, at: Double(window) * 10)
            _ = adaptation.settle(at: Self.seconds(Double(window + 1) * 10), under: settings)
        }
        #expect(adaptation.multiplier == 0.3)
        // 5 percentage points for each window in which nothing bad was heard, even if nothing was heard at all.
        _ = adaptation.settle(at: Self.seconds(120), under: settings)
        #expect(abs(adaptation.multiplier - 0.4) < 1e-9)
        _ = adaptation.settle(at: Self.seconds(10_000), under: settings)
        #expect(adaptation.multiplier == 1)
        #expect(adaptation.due == Timestamp(microseconds: .max))
    }

    /// Forty requests were under way when the first was refused; all are, and their news comes in two windows.
    @Test func aBurstInFlightCountsOnce() {
        var adaptation = Adaptation()
        observe(&adaptation, refusals: 20, of: 20, at: 1)
        #expect(adaptation.settle(at: Self.seconds(11), under: settings) == .init(from: 1, to: 0.8))
        for _ in 0..<20 {
            adaptation.observe(isRefusal: true, of: Self.seconds(1), at: Self.seconds(12), under: settings)
        }
        observe(&adaptation, refusals: 0, of: 1, at: 13)
        #expect(adaptation.settle(at: Self.seconds(21), under: settings)?.from == 0.8)
        #expect(abs(adaptation.multiplier - 0.85) < 1e-9)
    }

    @Test(
        arguments: [
            (UpstreamOutcome(status: 200), false, nil, nil),
            (UpstreamOutcome(status: 429), true, nil, nil),
            (UpstreamOutcome(status: 429, retryAfter: 5), true, 5, .retryAfter),
            (UpstreamOutcome(status: 503, retryAfter: 5), true, 5, .retryAfter),
            (UpstreamOutcome(status: 200, retryAfter: 5), false, nil, nil),
            (UpstreamOutcome(status: 200, remaining: 0, reset: 7), false, 7, .quotaExhausted),
            (UpstreamOutcome(status: 429, retryAfter: 5, remaining: 0, reset: 7), false, 7, .quotaExhausted),
            (UpstreamOutcome(status: 429, retryAfter: 5, remaining: 3, reset: 7), true, 5, .retryAfter),
            (UpstreamOutcome(status: 429, remaining: 0), false, nil, nil),
            (UpstreamOutcome(status: 429, retryAfter: .max), true, UpstreamOutcome.longestRest, .retryAfter),
        ] as [(UpstreamOutcome, Bool, Int64?, Pause.Reason?)])
    func tellsABurstFromAUsedUpQuota(
        _ outcome: UpstreamOutcome, isRefusal: Bool, length: Int64?, reason: Pause.Reason?
    ) {
        let now = Self.seconds(3)
        #expect(outcome.isRefusal == isRefusal)
        let pause = outcome.pause(at: now)
        #expect(pause?.until == length.map { now.advanced(by: $0) })
        #expect(pause?.reason == reason)
    }

    @Test func aScaledRateBelowOneStretchesItsInterval() throws {
        let window = Window(rate: try Rate(parsing: "3/10SECOND"))
        #expect(window.scaled(by: 0.7).units == 2)
        #expect(window.scaled(by: 0.7).interval == 10_000_000)
        #expect(window.scaled(by: 0.25).units == 1)
        #expect(window.scaled(by: 0.25).interval == 13_333_334)
    }

    /// The limiter as a whole: a lowered limit governs the next decision, and a reload does not forget it.
    @Test func aLoweredLimitSurvivesAReload() throws {
        var document = LimitsDocument(defaults: ["r": PolicyPatch(rates: [try Rate(parsing: "10/MINUTE")])])
        document.aimd = settings
        var state = LimiterState(table: LimitTable(version: 1, document: document), nonce: 1, maxWaiters: 9)
        let request = AcquireRequest(claims: [.init(key: LimitKey(host: "a", role: "r"))], wait: .client)
        guard case .decided(.granted(let grant)) = try state.acquire(request, at: Self.seconds(0)),
            let lease = grant.lease
        else {
            Issue.record("not granted")
            return
        }
        let isKnown = state.report(UpstreamOutcome(status: 429), of: lease, host: nil, at: Self.seconds(1))
        #expect(isKnown)
        state.apply(LimitTable(version: 2, document: document), at: Self.seconds(12))
        var granted = 1
        while case .decided(.granted) = try state.acquire(request, at: Self.seconds(12)) { granted += 1 }
        #expect(granted == 8)
        let events = state.takeEvents()
        #expect(events == [.adjusted(LimitKey(host: "a", role: "r"), .init(from: 1, to: 0.8))])
    }
}
