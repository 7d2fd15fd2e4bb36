import HTTPCaching
import Testing

@Suite("RFC 9111, 5.2.2: response directives")
struct ResponseDirectivesTests {
    @Test(
        "When a stored response is used without asking the origin",
        arguments: [
            // 5.2.2.1
            ("max-age=60", 59, .serve), ("max-age=60", 60, .validate(.stale)),
            // 5.2.2.2
            ("max-age=60, must-revalidate", 59, .serve), ("max-age=60, must-revalidate", 60, .validate(.stale)),
            // 5.2.2.4
            ("max-age=60, no-cache", 0, .validate(.stale)), ("max-age=60, No-CaChE", 0, .validate(.stale)),
            ("max-age=60, no-cache=\"x\"", 0, .serve), ("max-age=60, no-cache=\"\"", 0, .validate(.stale)),
            ("max-age=60, no-cache=\"(x)\"", 0, .validate(.stale)),
            ("no-cache=\"x\", max-age=60, no-cache", 0, .validate(.stale)),
            ("no-cache, max-age=60, no-cache=\"x\"", 0, .validate(.stale)),
            // 5.2.2.8, 5.2.2.10
            ("max-age=60, proxy-revalidate", 59, .serve), ("max-age=6, s-maxage=60", 59, .serve),
            ("max-age=600, s-maxage=60", 60, .validate(.stale)),
            // 5.2.2.6, 5.2.2.9
            ("max-age=60, no-transform, public", 59, .serve),
            // 5.2.3
            ("max-age=60, community=\"UCI, no-cache\"", 59, .serve), ("max-age=60, a=\"\\\", no-cache\"", 59, .serve),
        ] as [(String, Int64, Outcome)])
    func used(directives: String, seconds: Int64, outcome: Outcome) throws {
        #expect(
            try Exchange.stored(["Cache-Control: \(directives)", "ETag: \"a\""]).outcome(after: seconds) == outcome)
    }

    @Test("no-cache is not softened by what the client accepts")
    func noCache() throws {
        let stored = try Exchange.stored(["Cache-Control: max-age=60, no-cache", "ETag: \"a\""])
        #expect(stored.outcome(asking: ["Cache-Control: max-stale"]) == .validate(.stale))
        #expect(stored.outcome(asking: ["Cache-Control: only-if-cached"]) == .refuse)
    }

    @Test(
        "must-understand: no-store is ignored for a status that is known, and others are not stored (5.2.2.3)",
        arguments: [(200, true), (404, true), (302, true), (503, true), (299, false), (599, false)])
    func mustUnderstand(status: Int, isKnown: Bool) throws {
        let both = ["Cache-Control: max-age=60, no-store, must-understand"]
        #expect(Exchange.refusal(both, status: status) == (isKnown ? nil : .status))
        #expect(
            Exchange.refusal(["Cache-Control: max-age=60, must-understand"], status: status)
                == (isKnown ? nil : .status))
        if isKnown { #expect(try Exchange.stored(both, status: status).outcome() == .serve) }
    }

    @Test(
        "private, unqualified or with what is no name, is about the whole response (5.2.2.7)",
        arguments: ["private", "Private", "private=\"\"", "private=", "private=\"a b\"", "private=\"x\", private"])
    func privateResponse(directive: String) {
        #expect(Exchange.refusal(["Cache-Control: max-age=60, \(directive)"]) == .privateResponse)
    }
}
