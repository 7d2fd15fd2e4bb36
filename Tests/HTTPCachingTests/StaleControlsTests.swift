import HTTPCaching
import HTTPTypes
import Testing

@Suite("RFC 5861: stale-while-revalidate and stale-if-error")
struct StaleControlsTests {
    @Test(
        "stale-while-revalidate serves while it fetches anew, for so long",
        arguments: [
            ("stale-while-revalidate=30", [], 59, .serve), ("stale-while-revalidate=30", [], 60, .serveAndRefresh),
            ("stale-while-revalidate=30", [], 90, .serveAndRefresh),
            ("stale-while-revalidate=30", [], 91, .validate(.stale)),
            ("stale-while-revalidate=0", [], 60, .validate(.stale)),
            ("stale-while-revalidate", [], 60, .validate(.stale)),
            ("stale-while-revalidate=x", [], 60, .validate(.stale)),
            ("stale-while-revalidate=30, stale-while-revalidate=40", [], 60, .validate(.stale)),
            ("stale-while-revalidate=99999999999999999999", [], 1_000_000, .serveAndRefresh),
            // What the client says of staleness counts first.
            ("stale-while-revalidate=30", ["max-age=1000"], 61, .validate(.stale)),
            ("stale-while-revalidate=30", ["min-fresh=0"], 61, .validate(.stale)),
            ("stale-while-revalidate=30", ["max-stale=5"], 70, .validate(.stale)),
            ("stale-while-revalidate=30", ["max-stale=5"], 65, .serveAndRefresh),
            ("stale-while-revalidate=30", ["max-stale"], 1000, .serve),
            ("stale-while-revalidate=30", ["no-cache"], 61, .validate(.request)),
        ] as [(String, [String], Int64, Outcome)])
    func whileRevalidating(directive: String, asked: [String], seconds: Int64, outcome: Outcome) throws {
        let stored = try Exchange.stored(["Cache-Control: max-age=60, \(directive)", "ETag: \"a\""])
        #expect(stored.outcome(after: seconds, asking: asked.map { "Cache-Control: \($0)" }) == outcome)
    }

    @Test(
        "stale-if-error, of the response or the request, allows it instead of an error, for so long",
        arguments: [
            ("stale-if-error=30", [], 90, true), ("stale-if-error=30", [], 91, false),
            ("x", ["stale-if-error=30"], 90, true), ("x", ["stale-if-error=30"], 91, false),
            ("stale-if-error=30", ["stale-if-error=60"], 120, true), ("x", [], 60, false), ("x", [], 0, false),
            ("stale-if-error=30", ["stale-if-error=0"], 90, true), ("stale-if-error", [], 60, false),
            ("stale-if-error=99999999999999999999", [], 1_000_000, true),
            // Regardless of other freshness information.
            ("stale-if-error=30", ["max-age=0"], 30, true), ("stale-if-error=30", ["min-fresh=60"], 30, true),
            // But not where the client wants nothing that is stored.
            ("stale-if-error=30", ["no-cache"], 30, false),
        ] as [(String, [String], Int64, Bool)])
    func ifError(directive: String, asked: [String], seconds: Int64, isServed: Bool) throws {
        let stored = try Exchange.stored(["Cache-Control: max-age=60, \(directive)", "ETag: \"a\""])
        let freshness = stored.maySubstituteError(
            for: Exchange.request(asked.map { "Cache-Control: \($0)" }), now: Exchange.start.advanced(by: seconds),
            rules: .shared)
        #expect((freshness != nil) == isServed)
        #expect(freshness.map { $0.age == seconds } ?? true)
    }

    @Test("An operator's windows are for responses that name none")
    func operators() throws {
        let rules = CacheRules(isShared: true, staleWhileRevalidate: 30, staleIfError: 30)
        let request = Exchange.request()
        for (directives, seconds, isServed) in [
            ("x", 90, true), ("x", 91, false), ("stale-while-revalidate=5, stale-if-error=5", 66, false),
            ("stale-while-revalidate=0, stale-if-error=0", 60, false),
        ] as [(String, Int64, Bool)] {
            let stored = try Exchange.stored(["Cache-Control: max-age=60, \(directives)", "ETag: \"a\""], rules: rules)
            let now = Exchange.start.advanced(by: seconds)
            #expect((stored.outcome(after: seconds, rules: rules) == .serveAndRefresh) == isServed)
            #expect((stored.maySubstituteError(for: request, now: now, rules: rules) != nil) == isServed)
        }
    }

    @Test("What is only of use by them is stored")
    func storing() {
        #expect(Exchange.refusal(["Cache-Control: max-age=0, stale-while-revalidate=60"]) == nil)
        #expect(Exchange.refusal(["Cache-Control: max-age=0, stale-if-error=60"]) == nil)
        #expect(Exchange.refusal(["Cache-Control: max-age=0, stale-if-error=60, must-revalidate"]) == .useless)
    }
}
