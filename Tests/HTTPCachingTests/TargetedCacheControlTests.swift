import HTTPCaching
import HTTPTypes
import Testing

@Suite("RFC 9213: CDN-Cache-Control")
struct TargetedCacheControlTests {
    private func lifetime(_ targeted: [String], _ lines: [String], rules: CacheRules = .shared) throws -> Int64 {
        let fields = targeted.map { "CDN-Cache-Control: \($0)" } + lines + ["ETag: \"a\""]
        return try Exchange.stored(fields, rules: rules).freshness(rules: rules).lifetime
    }

    @Test(
        "It stands in for Cache-Control and Expires in a shared cache",
        arguments: [
            (["max-age=3600"], 3600), (["max-age=1"], 1), (["max-age=0"], 0), (["max-age=10, s-maxage=20"], 20),
            (["max-age=2147483648"], 2_147_483_648), (["max-age=99999999999"], 2_147_483_648),
            (["foobar, max-age=3600"], 3600), (["max-age=3600;x=1"], 3600), (["foobar", "max-age=3600"], 3600),
            (["max-age=1, max-age=2"], 2), (["max-age=60, no-store=?0"], 60), (["public"], 0),
        ] as [([String], Int64)])
    func standsIn(targeted: [String], lifetime: Int64) throws {
        for lines in [[], ["Cache-Control: max-age=60", "Expires: \(at(60))"], ["Expires: 0"]] {
            #expect(try self.lifetime(targeted, lines) == lifetime)
        }
    }

    @Test(
        "Where it is empty or no dictionary, it is as if it were not there",
        arguments: [
            "", " ", "max-age =100", "max-age= 100", "MaX-aGe=3600", "max-age=10000, &&&&&", "max-age=10,",
            "max-age=1234567890123456", "max-age=3600 x", "\"", "(", "max-age=\u{301}",
        ])
    func ignored(targeted: String) throws {
        #expect(try lifetime([targeted], ["Cache-Control: max-age=60"]) == 60)
        #expect(Exchange.refusal(["CDN-Cache-Control: \(targeted)", "Cache-Control: no-store"]) == .noStore)
    }

    @Test("A cache of one user does not look at it")
    func single() throws {
        #expect(try lifetime(["max-age=3600"], ["Cache-Control: max-age=60"], rules: .single) == 60)
        #expect(Exchange.refusal(["CDN-Cache-Control: no-store", "Cache-Control: max-age=60"], rules: .single) == nil)
    }

    @Test(
        "What it forbids is forbidden, and what Cache-Control forbids is not",
        arguments: [
            ("no-store", .noStore), ("private", .privateResponse), ("private=(a b)", .privateResponse),
            ("max-age=60, no-store=1", .noStore),
        ] as [(String, Storability.Refusal)])
    func storing(targeted: String, refusal: Storability.Refusal) {
        #expect(
            Exchange.refusal(["CDN-Cache-Control: \(targeted)", "Cache-Control: max-age=60", "Expires: \(at(60))"])
                == refusal)
        #expect(Exchange.refusal(["CDN-Cache-Control: max-age=60", "Cache-Control: no-store, private"]) == nil)
    }

    @Test(
        "A value of the wrong type allows nothing",
        arguments: [
            "max-age=\"3600\"", "max-age=3600.5", "max-age=abc", "max-age", "max-age=-1", "max-age=(1 2)",
            "max-age=3600, no-cache=5", "max-age=60, no-cache=(a)", "max-age=60, no-cache=\"\"", "public=1",
        ])
    func wrongType(targeted: String) throws {
        let stored = try Exchange.stored(["CDN-Cache-Control: \(targeted)", "ETag: \"a\"", "Cache-Control: max-age=60"])
        #expect(stored.outcome() == .validate(.stale))
    }

    @Test("Fields that it names are not kept")
    func named() throws {
        let stored = try Exchange.stored(["CDN-Cache-Control: max-age=60, private=\"a, B\"", "A: 1", "B: 2", "C: 3"])
        #expect(Set(stored.fields.map { $0.name.canonicalName }) == ["cdn-cache-control", "c", "date"])
    }

    @Test("The request's directives are those of Cache-Control")
    func request() throws {
        let stored = try Exchange.stored(["CDN-Cache-Control: max-age=60", "ETag: \"a\""])
        #expect(stored.outcome(asking: ["CDN-Cache-Control: no-cache"]) == .serve)
        #expect(stored.outcome(asking: ["Cache-Control: no-cache"]) == .validate(.request))
    }
}
