import HTTPCaching
import Testing

@Suite("RFC 9111, 4.2.2: heuristic freshness")
struct HeuristicFreshnessTests {
    @Test(
        "A tenth of the time since the last change, a day at most",
        arguments: [
            (0, 0), (9, 0), (10, 1), (3600, 360), (86_400, 8640), (864_000, 86_400), (100_000_000, 86_400), (-60, 0),
        ] as [(Int64, Int64)])
    func tenth(unchanged: Int64, lifetime: Int64) throws {
        let stored = try Exchange.stored(["Last-Modified: \(at(-unchanged))", "Date: \(at(0))"])
        #expect(stored.freshness().lifetime == lifetime)
    }

    @Test("It counts until the response was made, not until it arrived")
    func untilDate() throws {
        let stored = try Exchange.stored(["Last-Modified: \(at(-2000))", "Date: \(at(-1000))"])
        #expect(stored.freshness().lifetime == 100)
    }

    @Test("There is none where the response says something of its freshness, or nothing of its change")
    func notGuessed() throws {
        let changed = "Last-Modified: \(at(-10_000))"
        #expect(try Exchange.stored([changed, "Cache-Control: max-age=0"]).freshness().lifetime == 0)
        #expect(try Exchange.stored([changed, "Expires: 0"]).freshness().lifetime == 0)
        #expect(try Exchange.stored(["ETag: \"a\""]).freshness().lifetime == 0)
        #expect(try Exchange.stored(["ETag: \"a\"", "Last-Modified: yesterday"]).freshness().lifetime == 0)
    }

    @Test("Other statuses need a word that they may be cached", arguments: [302, 403, 500, 503, 599])
    func statuses(status: Int) throws {
        let lines = ["Last-Modified: \(at(-10_000))"]
        #expect(
            try Exchange.stored(lines + ["Cache-Control: public"], status: status).freshness().lifetime == 1000)
        let forOthers = ["Cache-Control: private"]
        #expect(
            try Exchange.stored(lines + forOthers, status: status, rules: .single)
                .freshness(rules: .single).lifetime == 0)
    }
}
