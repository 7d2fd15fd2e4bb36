import HTTPCaching
import Testing

@Suite("RFC 9111, 4.2.1: freshness lifetime")
struct FreshnessLifetimeTests {
    @Test(
        "The first of s-maxage, max-age and Expires counts; s-maxage only for shared caches",
        arguments: [
            ("max-age=60", nil, 60, 60), ("max-age=60, s-maxage=600", nil, 600, 60),
            ("s-maxage=600", 30, 600, 30), ("s-maxage=6, max-age=60", nil, 6, 60),
            ("max-age=60", -7200, 60, 60), ("max-age=0", 3600, 0, 0), ("public", 3600, 3600, 3600),
            ("s-maxage=600, max-age=0", Int64(-10), 600, 0),
        ] as [(String, Int64?, Int64, Int64)])
    func precedence(directives: String, expires: Int64?, shared: Int64, single: Int64) throws {
        let lines = ["Cache-Control: \(directives)", "ETag: \"a\""] + (expires.map { ["Expires: \(at($0))"] } ?? [])
        #expect(try Exchange.stored(lines).freshness().lifetime == shared)
        #expect(try Exchange.stored(lines, rules: .single).freshness(rules: .single).lifetime == single)
    }

    @Test(
        "Numbers may be padded, quoted and huge",
        arguments: [
            ("max-age=003600", 3600), ("max-age=\"3600\"", 3600), ("MaX-aGe=3600", 3600),
            ("foobar, max-age=3600", 3600), ("x=\"max-age=1\", max-age=3600", 3600),
            ("max-age=2147483647", 2_147_483_647), ("max-age=2147483648", 2_147_483_648),
            ("max-age=99999999999", 2_147_483_648), ("max-age=9223372036854775808", 2_147_483_648),
            ("max-age=" + String(repeating: "9", count: 400), 2_147_483_648), ("max-age=60, max-age=60", 60),
        ] as [(String, Int64)])
    func numbers(directives: String, lifetime: Int64) throws {
        #expect(try Exchange.stored(["Cache-Control: \(directives)"]).freshness().lifetime == lifetime)
    }

    @Test(
        "What cannot be read, or is said twice and differently, is stale",
        arguments: [
            "max-age", "max-age=", "max-age=-3600", "max-age=3600.5", "max-age=3600.0", "max-age=a3600",
            "max-age=3600a", "max-age='3600'", "max-age=+3600", "max-age=0x10", "max-age=\u{0663}",
            "max-age=1, max-age=1800", "max-age=1800, max-age=1", "max-age=5, max-age=6, max-age=0",
        ])
    func unreadable(directives: String) throws {
        let stored = try Exchange.stored(["Cache-Control: \(directives)", "ETag: \"a\"", "Expires: \(at(3600))"])
        #expect(stored.freshness().lifetime == 0)
        #expect(stored.outcome() == .validate(.stale))
    }

    @Test("It is fresh while its age is less than its lifetime")
    func boundary() throws {
        let stored = try Exchange.stored(["Cache-Control: max-age=60", "ETag: \"a\""])
        #expect(stored.outcome(after: 59) == .serve)
        #expect(stored.outcome(after: 60) == .validate(.stale))
    }

    @Test("An operator can lengthen it, but not where the origin insists")
    func minimum() throws {
        let rules = CacheRules(isShared: true, minimumLifetime: 600)
        for (directives, lifetime) in [
            ("max-age=60", Int64(600)), ("max-age=6000", 6000), ("max-age=60, must-revalidate", 60),
            ("max-age=60, no-cache", 60),
        ] {
            let stored = try Exchange.stored(["Cache-Control: \(directives)", "ETag: \"a\""], rules: rules)
            #expect(stored.freshness(rules: rules).lifetime == lifetime, "\(directives)")
        }
    }
}
