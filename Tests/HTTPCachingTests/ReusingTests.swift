import HTTPTypes
import TestSupport
import Testing

@testable import HTTPCaching

@Suite("RFC 9111, 4: what is reused")
struct ReusingTests {
    typealias Fields = KeyValuePairs<String, String>

    struct Case: Sendable, CustomStringConvertible {
        let description: String
        let stored: Fields
        var request: Fields = [:]
        let after: Int64
        let decision: String
        var rules = CacheRules(isShared: true)
    }

    private static let earlier = Exchanges.then.advanced(by: -10_000).text
    private static let now = Exchanges.then.text

    static let cases = [
        // 4.2.1: the lifetime.
        Case(description: "within max-age", stored: ["Cache-Control": "max-age=60"], after: 59, decision: "serve"),
        Case(description: "at max-age", stored: ["Cache-Control": "max-age=60"], after: 60, decision: "validate"),
        Case(
            description: "s-maxage first", stored: ["Cache-Control": "max-age=60, s-maxage=10"], after: 20,
            decision: "validate"),
        Case(
            description: "s-maxage not for one user", stored: ["Cache-Control": "max-age=60, s-maxage=10"], after: 20,
            decision: "serve", rules: CacheRules(isShared: false)),
        Case(
            description: "max-age over Expires",
            stored: ["Cache-Control": "max-age=60", "Date": now, "Expires": earlier], after: 20, decision: "serve"),
        Case(
            description: "Expires", stored: ["Date": now, "Expires": Exchanges.then.advanced(by: 60).text], after: 59,
            decision: "serve"),
        Case(description: "Expires: 0", stored: ["Expires": "0", "ETag": "\"1\""], after: 0, decision: "validate"),
        Case(
            description: "unreadable max-age", stored: ["Cache-Control": "max-age=soon"], after: 0, decision: "validate"
        ),
        Case(description: "negative max-age", stored: ["Cache-Control": "max-age=-5"], after: 0, decision: "validate"),
        Case(
            description: "two max-ages", stored: ["Cache-Control": "max-age=60, max-age=90"], after: 0,
            decision: "validate"),
        Case(
            description: "the same twice", stored: ["Cache-Control": "max-age=60, max-age=60"], after: 9,
            decision: "serve"),
        Case(description: "in quotes", stored: ["Cache-Control": "max-age=\"60\""], after: 9, decision: "serve"),
        Case(
            description: "endless max-age", stored: ["Cache-Control": "max-age=99999999999999999999"], after: 1 << 30,
            decision: "serve"),
        Case(
            description: "inside quotes of another", stored: ["Cache-Control": "x=\"max-age=60\"", "ETag": "\"1\""],
            after: 9, decision: "validate"),
        // 4.2.2: a guess.
        Case(
            description: "a tenth of its age", stored: ["Date": now, "Last-Modified": earlier], after: 999,
            decision: "serve"),
        Case(
            description: "not more", stored: ["Date": now, "Last-Modified": earlier], after: 1000, decision: "validate"),
        // 4.2.3: the age.
        Case(
            description: "Age counts", stored: ["Cache-Control": "max-age=60", "Age": "50"], after: 10,
            decision: "validate"),
        Case(
            description: "an old Date counts", stored: ["Cache-Control": "max-age=9000", "Date": earlier], after: 0,
            decision: "validate"),
        Case(
            description: "unreadable Age", stored: ["Cache-Control": "max-age=60", "Age": "-9"], after: 10,
            decision: "serve"),
        // 5.2.1: what the request says.
        Case(
            description: "max-age of the request", stored: ["Cache-Control": "max-age=60"],
            request: ["Cache-Control": "max-age=10"], after: 11, decision: "validate"),
        Case(
            description: "min-fresh", stored: ["Cache-Control": "max-age=60"],
            request: ["Cache-Control": "min-fresh=30"],
            after: 40, decision: "validate"),
        Case(
            description: "max-stale", stored: ["Cache-Control": "max-age=60"],
            request: ["Cache-Control": "max-stale=30"],
            after: 90, decision: "serve"),
        Case(
            description: "too stale", stored: ["Cache-Control": "max-age=60"],
            request: ["Cache-Control": "max-stale=30"],
            after: 91, decision: "validate"),
        Case(
            description: "max-stale of any age", stored: ["Cache-Control": "max-age=60"],
            request: ["Cache-Control": "max-stale"], after: 1 << 20, decision: "serve"),
        Case(
            description: "max-stale against must-revalidate", stored: ["Cache-Control": "max-age=60, must-revalidate"],
            request: ["Cache-Control": "max-stale"], after: 61, decision: "validate"),
        Case(
            description: "no-cache of the request", stored: ["Cache-Control": "max-age=60"],
            request: ["Cache-Control": "no-cache"], after: 1, decision: "validate"),
        Case(
            description: "5.4: Pragma", stored: ["Cache-Control": "max-age=60"], request: ["Pragma": "no-cache"],
            after: 1,
            decision: "validate"),
        Case(
            description: "5.4: Pragma beside Cache-Control", stored: ["Cache-Control": "max-age=60"],
            request: ["Pragma": "no-cache", "Cache-Control": "max-age=50"], after: 1, decision: "serve"),
        Case(
            description: "only-if-cached", stored: ["Cache-Control": "max-age=60"],
            request: ["Cache-Control": "only-if-cached"], after: 61, decision: "refuse"),
        // 5.2.2: what the response says.
        Case(
            description: "no-cache", stored: ["Cache-Control": "max-age=60, no-cache"], after: 1, decision: "validate"),
        Case(
            description: "no-cache of some fields", stored: ["Cache-Control": "max-age=60, no-cache=\"x\""], after: 1,
            decision: "serve"),
        // RFC 5861 and RFC 8246.
        Case(
            description: "stale-while-revalidate", stored: ["Cache-Control": "max-age=60, stale-while-revalidate=30"],
            after: 90, decision: "refresh"),
        Case(
            description: "past it", stored: ["Cache-Control": "max-age=60, stale-while-revalidate=30"], after: 91,
            decision: "validate"),
        Case(
            description: "a reload of what never changes", stored: ["Cache-Control": "max-age=60, immutable"],
            request: ["Cache-Control": "max-age=0"], after: 1, decision: "serve"),
        // RFC 9213.
        Case(
            description: "targeted", stored: ["Cache-Control": "max-age=60", "CDN-Cache-Control": "max-age=600"],
            after: 500, decision: "serve"),
        Case(
            description: "targeted, not for one user",
            stored: ["Cache-Control": "max-age=60", "CDN-Cache-Control": "max-age=600"], after: 500,
            decision: "validate",
            rules: CacheRules(isShared: false)),
        Case(
            description: "targeted and malformed",
            stored: ["Cache-Control": "max-age=60", "CDN-Cache-Control": "max-age="],
            after: 50, decision: "serve"),
        // What the operator says.
        Case(
            description: "a floor", stored: ["Cache-Control": "max-age=1"], after: 500, decision: "serve",
            rules: CacheRules(isShared: true, minimumLifetime: 600)),
        Case(
            description: "a floor under must-revalidate", stored: ["Cache-Control": "max-age=1, must-revalidate"],
            after: 500, decision: "validate", rules: CacheRules(isShared: true, minimumLifetime: 600)),
    ]

    @Test(arguments: cases)
    func decides(on testCase: Case) throws {
        let decision = try Exchanges.deciding(
            testCase.request, on: testCase.stored, after: testCase.after, rules: testCase.rules)
        #expect(decision == testCase.decision)
    }

    @Test("Whatever the fields are: only what is fresh is served unasked, and must-revalidate never makes more served")
    func properties() throws {
        var random = SeededGenerator(seed: TestSeed.current)
        let directives = [
            "max-age=60", "max-age=0", "s-maxage=30", "public", "private", "no-cache", "no-store", "immutable",
            "stale-while-revalidate=20", "stale-if-error=20", "max-age=x", "proxy-revalidate", "must-understand", "=",
            "\"",
        ]
        let asked = [
            "", "no-cache", "max-age=10", "max-age=0", "min-fresh=20", "max-stale", "max-stale=10", "only-if-cached",
        ]
        for _ in 0..<20_000 {
            let response = (0...random.number(0...4)).compactMap { _ in directives.randomElement(using: &random) }
                .joined(separator: ", ")
            let request = asked.randomElement(using: &random) ?? ""
            let age = String(random.number(-5...100))
            let after = Int64(random.number(0...120))
            let rules = CacheRules(isShared: random.chance(50), minimumLifetime: random.chance(20) ? 40 : 0)
            let fields: Fields = ["Cache-Control": response, "Age": age]
            let now = Exchanges.then.advanced(by: after)
            let stored = try Exchanges.stored(fields)
            let decision = CacheDecision(
                on: try Exchanges.request(["Cache-Control": request]), stored: stored, isOtherStored: false, now: now,
                rules: rules)
            // Who asks for nothing but what is stored starts no refresh.
            let takesStale = request.contains("max-stale") || request == "only-if-cached"
            if case .serve(let freshness, let refreshes) = decision, !refreshes, !takesStale {
                #expect(freshness.isFresh, "\(response) | \(request) | \(age) | \(after)")
            }
            let strict = try Exchanges.stored(["Cache-Control": response + ", must-revalidate", "Age": age])
            let stricter = CacheDecision(
                on: try Exchanges.request(["Cache-Control": request]), stored: strict, isOtherStored: false, now: now,
                rules: rules)
            if case .serve = stricter {
                guard case .serve = decision else {
                    Issue.record("must-revalidate made it served: \(response) | \(request) | \(age) | \(after)")
                    return
                }
            }
        }
    }
}
