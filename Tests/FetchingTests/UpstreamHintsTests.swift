import Foundation
import HTTPCaching
import HTTPTypes
import NIOCore
import TestSupport
import Testing

@testable import Fetching
@testable import RateLimiting

/// What hosts say about their limits, in the many forms that they have for it.
@Suite struct UpstreamHintsTests {
    private static let start: Int64 = 1_795_000_000
    private let now = Timestamp(microseconds: Self.start * 1_000_000)

    private static func date(in seconds: Int64) -> String { HTTPDate(seconds: start + seconds).text }

    private func fields(_ fields: [(String, String)]) throws -> HTTPFields {
        var all = HTTPFields()
        for (name, value) in fields {
            all.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value))
        }
        return all
    }

    private func outcome(_ fields: [(String, String)], status: Int = 429) throws -> UpstreamOutcome {
        UpstreamOutcome(
            FetchResponse(
                status: .init(code: status), headers: try self.fields(fields), body: .empty,
                address: try WebAddress(parsing: "http://a.example/")), now: now)
    }

    private static let day: Int64 = 86_400

    @Test(
        "Retry-After: the longest of all rests; parts of seconds are whole ones; what does not lie ahead is none",
        arguments: [
            (["30"], 30), (["0.3"], 1), (["1.5"], 2), (["2.000"], 2), ([".5"], 1), (["7."], 7), (["+5"], 5),
            (["1", "120", "60"], 120), (["1, 120,60"], 120), (["5,"], 5), (["soon, 5"], 5), ([date(in: 90)], 90),
            ([date(in: 90), "60"], 90), (["60, \(date(in: 90))"], 90), (["\(date(in: 90)), \(date(in: 200)), 7"], 200),
            (["0"], nil), (["-5"], nil), (["0.0"], nil), ([date(in: -5)], nil), ([date(in: 0)], nil), (["0, 9"], 9),
            (["\(date(in: -5)), 9"], 9), (["99999999999999999999"], day), (["99999999999"], day),
            ([String(repeating: "9", count: 5_000)], day), (["Fri, 31 Dec 9999 23:59:59 GMT"], day),
            (["Wednesday, 01-Jan-30 00:00:00 GMT"], day), (["Tue Jan  1 00:00:00 2030"], day),
            (["soon"], nil), ([""], nil), (["."], nil), (["-"], nil), (["1e3"], nil), (["0x10"], nil), (["inf"], nil),
            (["nan"], nil), (["1 000"], nil), (["1.2.3"], nil), (["१२"], nil), (["Fri, 31 Dec 9999"], nil),
            (["Mon, 01 Jan 999999 00:00:00 GMT"], nil), ([], nil),
        ] as [([String], Int64?)])
    func retryAfter(_ values: [String], _ seconds: Int64?) throws {
        let outcome = try outcome(values.map { ("Retry-After", $0) })
        #expect(outcome.retryAfter == seconds.map { $0 * 1_000_000 })
        #expect(outcome.pause(at: now)?.until == seconds.map { now.advanced(by: $0 * 1_000_000) })
    }

    /// Each in the words of a service or of a draft of the standard.
    @Test(
        "A quota that is used up closes until its reset, whatever the spelling",
        arguments: [
            ([("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "50")], 50),
            ([("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "50.25")], 50.25),
            ([("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1795000050")], 50),
            ([("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1795000050.5")], 50.5),
            ([("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1795000050500")], 50.5),
            ([("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1795000050500000")], 50.5),
            ([("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1795000050500000000")], 50.5),
            ([("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", date(in: 50))], 50),
            ([("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "2026-11-18T11:07:30Z")], 50),
            ([("X-RateLimitRemaining", "0"), ("X-RateLimit-Retry-After", "2026-11-18T11:07:30+0000")], 50),
            ([("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset-After", "50"), ("X-RateLimit-Reset", "9")], 50),
            ([("x-rate-limit-remaining", "0"), ("x-rate-limit-reset", "50")], 50),
            ([("RateLimit-Remaining", "0"), ("RateLimit-Reset", "50")], 50),
            ([("RateLimit-Remaining", "9, 0"), ("RateLimit-Reset", "7, 50")], 50),
            ([("RateLimit-Remaining", "-3"), ("RateLimit-Reset", "50")], 50),
            ([("RateLimit-Remaining", "0.4"), ("RateLimit-Reset", "50")], 50),
            ([("RateLimit", "limit=100, remaining=0, reset=50")], 50),
            ([("RateLimit", "limit=100,remaining=0;w=60,reset=50")], 50),
            ([("RateLimit", "limit=100, remaining=0"), ("RateLimit", "reset=50")], 50),
            ([("RateLimit", "\"default\";r=0;t=50")], 50),
            ([("RateLimit", "\"a;r=9,b\"; r=0 ;t=50, \"day\";r=5;t=4000")], 50),
            ([("RateLimit", "\"a\";r=0;t=9"), ("RateLimit", "\"b\";r=0;t=50")], 50),
            ([("X-RateLimit-Remaining", "12"), ("X-RateLimit-Reset", "9"), ("RateLimit", "\"a\";r=0;t=50")], 50),
            ([("RateLimit-Remaining", "0"), ("RateLimit-Reset", "99999999999999999999999")], 86_400),
            ([("RateLimit-Remaining", "-99999999999999999999999"), ("RateLimit-Reset", "50")], 50),
            // What lies behind, cannot be read, or is not used up closes nothing.
            ([("RateLimit-Remaining", "0"), ("RateLimit-Reset", "-50")], nil),
            ([("RateLimit-Remaining", "0"), ("RateLimit-Reset", "1794999999")], nil),
            ([("RateLimit-Remaining", "0"), ("RateLimit-Reset", "1794999999999")], nil),
            ([("RateLimit-Remaining", "0"), ("RateLimit-Reset", "later")], nil),
            ([("RateLimit-Remaining", "0")], nil),
            ([("RateLimit-Remaining", "99999999999999999999999"), ("RateLimit-Reset", "50")], nil),
            ([("RateLimit-Remaining", "unlimited"), ("RateLimit-Reset", "50")], nil),
            ([("RateLimit", "limit=100, remaining=1, reset=50")], nil),
            ([("RateLimit", "\"r=0;t=50\"")], nil),
            ([("RateLimit", ";;=,=;,\"")], nil),
        ] as [([(String, String)], Double?)])
    func quotas(_ fields: [(String, String)], _ seconds: Double?) throws {
        let pause = try outcome(fields, status: 200).pause(at: now)
        #expect(pause?.until == seconds.map { now.advanced(by: Int64($0 * 1_000_000)) })
        #expect(pause.map { $0.reason == .quotaExhausted } ?? true)
    }

    @Test("The same moment is understood in every unit and form; a seed repeats it")
    func units() throws {
        var random = SeededGenerator(seed: TestSeed.current)
        for _ in 0..<2_000 {
            let wait = Int64(random.number(1...86_400))
            let then = Self.start + wait
            let forms = [
                "\(wait)", "\(then)", "\(then)000", "\(then)000000", "\(then)000000000", "\(then).000",
                HTTPDate(seconds: then).text, Timestamp(microseconds: then * 1_000_000).description,
            ]
            for form in forms {
                let reset = try outcome([("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", form)]).reset
                #expect(reset == wait * 1_000_000, "\(form)")
            }
        }
    }

    @Test("Whatever a host writes, no rest is negative or longer than a day; a seed repeats it")
    func anything() throws {
        var random = SeededGenerator(seed: TestSeed.current)
        let words = [
            "0", "1", "9", "99999999999999999999", "-", "+", ".", ",", ";", "=", "\"", " ", "r", "t", "remaining",
            "reset",
            "limit", "Wed, ", "18 Nov 2026 11:07:30 GMT", "2026-11-18T", "11:07:30", "Z", "+02:00", "e", "\\", "é",
        ]
        let names = [
            "Retry-After", "RateLimit", "RateLimit-Remaining", "RateLimit-Reset", "X-RateLimit-Remaining",
            "X-RateLimit-Reset", "X-RateLimit-Reset-After", "X-Rate-Limit-Reset", "X-RateLimit-Retry-After",
        ]
        for _ in 0..<20_000 {
            let fields = (0..<random.number(1...4)).map { _ in
                let value = (0..<random.number(0...9)).map { _ in words[random.number(0...words.count - 1)] }.joined()
                return (names[random.number(0...names.count - 1)], value.trimmingCharacters(in: .whitespaces))
            }
            let outcome = try outcome(fields, status: [200, 429, 503][random.number(0...2)])
            #expect((outcome.retryAfter ?? 1) > 0 && (outcome.reset ?? 0) >= 0, "\(fields)")
            if let pause = outcome.pause(at: now) {
                let length = pause.until.microseconds(since: now)
                #expect(length > 0 && length <= UpstreamOutcome.longestRest, "\(fields)")
            }
        }
    }

    @Test(
        "A rest of nothing is backed off from; retries never follow each other at once",
        arguments: ["0", "0.0", "-1", "0, 0", date(in: -60), date(in: 0), "soon"])
    func backsOff(_ value: String) async throws {
        let time = ManualTime(seconds: Self.start)
        let upstream = ScriptedTransport { _, number in
            number < 4 ? .init(status: 429, headers: [.retryAfter: value]) : .init()
        }
        let layer = RetryLayer(RetryBudget(), time: time, upstream)
        #expect(try await layer.fetch(.to("http://a.example/", attempts: 4)).status == 200)
        #expect(time.slept.count == 3)
        #expect(time.slept.allSatisfy { $0 >= .milliseconds(100) }, "\(time.slept)")
    }
}
