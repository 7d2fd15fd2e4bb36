import RateLimiting
import Testing

@testable import ControlPlane

@Suite("Outcomes that callers report are read as hosts' own hints are")
struct OutcomeBodyTests {
    private let now = Timestamp(microseconds: 1_795_000_000_000_000)

    private func outcome(_ fields: String) throws -> UpstreamOutcome {
        let json = Array(#"{"status":429,\#(fields)}"#.utf8)
        return try JSON.decode(OutcomeBody.self, from: json, within: .body).outcome(now: now)
    }

    @Test(
        "in whole seconds and parts of them, as a span or as a time in any unit, never for longer than a day",
        arguments: [
            (#""retry_after_s":30"#, UpstreamOutcome(status: 429, retryAfter: 30_000_000)),
            (#""retry_after_s":0.2"#, UpstreamOutcome(status: 429, retryAfter: 1_000_000)),
            (#""retry_after_s":0"#, UpstreamOutcome(status: 429, retryAfter: 0)),
            (#""retry_after_s":1e300"#, UpstreamOutcome(status: 429, retryAfter: 86_400_000_000)),
            (#""retry_after_s":99999999999999999999"#, UpstreamOutcome(status: 429, retryAfter: 86_400_000_000)),
            (#""ratelimit_remaining":0.9"#, UpstreamOutcome(status: 429, remaining: 0)),
            (#""ratelimit_remaining":-2"#, UpstreamOutcome(status: 429, remaining: -2)),
            (#""ratelimit_remaining":1e300"#, UpstreamOutcome(status: 429, remaining: 1_000_000_000_000_000)),
            (#""ratelimit_reset_s":50.5"#, UpstreamOutcome(status: 429, reset: 50_500_000)),
            (#""ratelimit_reset_s":1795000050"#, UpstreamOutcome(status: 429, reset: 50_000_000)),
            (#""ratelimit_reset_s":1795000050500"#, UpstreamOutcome(status: 429, reset: 50_500_000)),
            (#""ratelimit_reset_s":1"#, UpstreamOutcome(status: 429, reset: 1_000_000)),
        ])
    func numbers(_ fields: String, _ expected: UpstreamOutcome) throws {
        #expect(try outcome(fields) == expected)
    }

    @Test("and refused where they make no sense", arguments: [#""retry_after_s":-1"#, #""ratelimit_reset_s":-0.1"#])
    func refused(_ fields: String) {
        #expect(throws: InvalidFields.self) { try outcome(fields) }
    }
}
