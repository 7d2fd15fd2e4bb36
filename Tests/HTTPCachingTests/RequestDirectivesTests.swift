import HTTPCaching
import HTTPTypes
import Testing

@Suite("RFC 9111, 5.2.1: request directives")
struct RequestDirectivesTests {
    /// Fresh for 60 seconds from an age of 10 on: until 50 seconds after the start.
    private func stored(_ directives: String = "max-age=60") throws -> StoredResponse {
        try Exchange.stored(["Cache-Control: \(directives)", "Age: 10", "ETag: \"a\""])
    }

    @Test(
        "What the client accepts of what is stored",
        arguments: [
            // 5.2.1.1
            ("max-age=10", 0, .serve), ("max-age=10", 1, .validate(.request)), ("max-age=3600", 49, .serve),
            ("max-age=3600", 50, .validate(.stale)), ("max-age=0", 0, .validate(.request)),
            ("max-age=x", 0, .validate(.request)), ("max-age=99999999999999999999", 49, .serve),
            // 5.2.1.2
            ("max-stale", 50, .serve), ("max-stale", 1_000_000_000_000, .serve), ("max-stale=10", 60, .serve),
            ("max-stale=10", 61, .validate(.stale)), ("max-stale=0", 51, .validate(.stale)),
            ("max-stale=", 51, .validate(.stale)), ("max-stale=99999999999999999999", 1_000_000, .serve),
            // 5.2.1.3
            ("min-fresh=20", 30, .serve), ("min-fresh=20", 31, .validate(.request)),
            ("min-fresh=2000", 0, .validate(.request)), ("min-fresh=0", 50, .validate(.stale)),
            ("min-fresh=1, max-stale", 50, .validate(.stale)),
            // 5.2.1.4
            ("no-cache", 0, .validate(.request)), ("No-Cache, max-stale", 0, .validate(.request)),
            // 5.2.1.5: what is stored already may be used.
            ("no-store", 0, .serve),
            // 5.2.1.6
            ("no-transform", 0, .serve),
            // 5.2.1.7
            ("only-if-cached", 49, .serve), ("only-if-cached", 50, .refuse),
            ("only-if-cached, max-stale=1", 51, .serve), ("only-if-cached, no-cache", 0, .refuse),
            ("only-if-cached, max-age=5", 0, .refuse),
            // What is nothing changes nothing.
            ("", 0, .serve), ("unknown, max-age =0", 0, .serve), ("x=\"no-cache, max-age=0\"", 0, .serve),
        ] as [(String, Int64, Outcome)])
    func accepts(directives: String, seconds: Int64, outcome: Outcome) throws {
        #expect(try stored().outcome(after: seconds, asking: ["Cache-Control: \(directives)"]) == outcome)
    }

    @Test("max-stale widens max-age, whether or not it has become stale meanwhile")
    func both() throws {
        let asked = ["Cache-Control: max-age=20, max-stale=45"]
        var outcomes: [Outcome] = []
        for seconds in Int64(0)..<80 { outcomes.append(try stored().outcome(after: seconds, asking: asked)) }
        #expect(outcomes.firstIndex { $0 != .serve } == 56)
        #expect(outcomes[56...].allSatisfy { $0 == .validate(.stale) })
    }

    @Test("only-if-cached gets 504 where nothing fits, and starts no refreshing")
    func onlyIfCached() throws {
        let asked = Exchange.request(["Cache-Control: only-if-cached"])
        for isOtherStored in [true, false] {
            #expect(
                CacheDecision(
                    on: asked, stored: nil, isOtherStored: isOtherStored, now: Exchange.start, rules: .shared)
                    == .refuse)
        }
        let stored = try stored("max-age=60, stale-while-revalidate=60")
        #expect(stored.outcome(after: 55) == .serveAndRefresh)
        #expect(stored.outcome(after: 55, asking: ["Cache-Control: only-if-cached"]) == .serve)
    }

    @Test("HEAD is answered as GET is, other methods by the origin")
    func methods() throws {
        #expect(try stored().outcome(method: .head) == .serve)
        #expect(try stored().outcome(after: 50, method: .head) == .validate(.stale))
        for method in [HTTPRequest.Method.post, .put, .delete, .options, .trace] {
            #expect(try stored().outcome(method: method) == .forward(.method))
        }
    }

    @Test("Two numbers that differ bound the most")
    func repeated() throws {
        #expect(try stored().outcome(asking: ["Cache-Control: max-age=50", "Cache-Control: max-age=60"]) != .serve)
        #expect(try stored().outcome(after: 52, asking: ["Cache-Control: max-stale=50, max-stale=60"]) != .serve)
    }
}
