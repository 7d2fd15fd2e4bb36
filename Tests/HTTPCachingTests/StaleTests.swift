import HTTPCaching
import Testing

@Suite("RFC 9111, 4.2.4: serving stale responses")
struct StaleTests {
    static let lenient = CacheRules(isShared: true, staleWhileRevalidate: 3600, staleIfError: 3600)

    @Test("What is stale is validated, unless something allows its use")
    func stale() throws {
        let stored = try Exchange.stored(["Cache-Control: max-age=2", "ETag: \"a\""])
        #expect(stored.outcome(after: 3) == .validate(.stale))
        #expect(stored.outcome(after: 3, asking: ["Cache-Control: max-stale"]) == .serve)
        #expect(stored.outcome(after: 3, rules: Self.lenient) == .serveAndRefresh)
    }

    @Test(
        "Nothing allows it where the response forbids it",
        arguments: ["must-revalidate", "proxy-revalidate", "no-cache", "s-maxage=2"])
    func forbidden(directive: String) throws {
        let stored = try Exchange.stored(
            ["Cache-Control: max-age=2, \(directive), stale-while-revalidate=60, stale-if-error=60", "ETag: \"a\""])
        for asked in [[], ["Cache-Control: max-stale"], ["Cache-Control: max-stale=60, stale-if-error=60"]] {
            #expect(stored.outcome(after: 3, asking: asked, rules: Self.lenient) == .validate(.stale))
            let now = Exchange.start.advanced(by: 3)
            #expect(stored.maySubstituteError(for: Exchange.request(asked), now: now, rules: Self.lenient) == nil)
        }
    }

    @Test("What speaks to shared caches leaves others alone", arguments: ["proxy-revalidate", "s-maxage=1"])
    func single(directive: String) throws {
        let stored = try Exchange.stored(["Cache-Control: max-age=2, \(directive)", "ETag: \"a\""], rules: .single)
        #expect(stored.outcome(after: 3, asking: ["Cache-Control: max-stale"], rules: .single) == .serve)
    }

    @Test("What was stored under other rules is not served to all")
    func otherRules() throws {
        let stored = try Exchange.stored(["Cache-Control: private, max-age=60", "ETag: \"a\""], rules: .single)
        #expect(stored.outcome(rules: .single) == .serve)
        #expect(stored.outcome(asking: ["Cache-Control: max-stale"], rules: Self.lenient) == .validate(.stale))
    }
}
