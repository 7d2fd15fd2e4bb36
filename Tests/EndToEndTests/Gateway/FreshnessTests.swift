import ScriptedOrigin
import Testing

@Suite("RFC 9111, section 4.2: freshness", .site, .timeLimit(.minutes(2)))
struct FreshnessTests {
    private static let day = 86_400

    static let maxAge: [ReuseCase] = [
        .init(.reused, "max-age", ["Cache-Control": "max-age=6000"]),
        .init(.reused, "max-age in odd letters", ["Cache-Control": "MaX-aGe=6000"]),
        .init(.reused, "max-age with leading zeros", ["Cache-Control": "max-age=006000"]),
        .init(.reused, "max-age of 2^31 - 1", ["Cache-Control": "max-age=2147483647"]),
        .init(.reused, "max-age of 2^31", ["Cache-Control": "max-age=2147483648"]),
        .init(.reused, "max-age beyond 64 bits", ["Cache-Control": "max-age=99999999999999999999"]),
        .init(.either, "max-age in quotes", ["Cache-Control": #"max-age="6000""#]),
        .init(.fetched, "max-age=0", ["Cache-Control": "max-age=0"]),
        .init(.fetched, "a negative max-age", ["Cache-Control": "max-age=-6000"]),
        .init(.fetched, "max-age=0 before another", ["Cache-Control": "max-age=0, max-age=6000"]),
        .init(
            .fetched, "max-age=0 on a line before another",
            ["Cache-Control": "max-age=0", "cache-control": "max-age=6000"]),
        .init(.either, "max-age before max-age=0", ["Cache-Control": "max-age=6000, max-age=0"]),
        .init(.fetched, "max-age quoted inside of another", ["Cache-Control": #"x="max-age=6000", max-age=0"#]),
        .init(.reused, "s-maxage", ["Cache-Control": "s-maxage=6000"]),
        .init(.reused, "s-maxage over max-age=0", ["Cache-Control": "max-age=0, s-maxage=6000"]),
        .init(.fetched, "s-maxage=0 over max-age", ["Cache-Control": "s-maxage=0, max-age=6000"]),
        .init(.fetched, "no-cache", ["Cache-Control": "no-cache, max-age=6000"]),
    ]

    static let expires: [ReuseCase] = [
        .init(.reused, "Expires", ["Expires": httpDate(6_000), "Date": httpDate(0)]),
        .init(.reused, "Expires without Date", ["Expires": httpDate(6_000)]),
        .init(.reused, "Expires in the format of RFC 850", ["Expires": httpDate(day, .rfc850), "Date": httpDate(0)]),
        .init(.reused, "Expires as asctime has it", ["Expires": httpDate(day, .asctime), "Date": httpDate(0)]),
        .init(.fetched, "Expires in the past", ["Expires": httpDate(-6_000), "Date": httpDate(0)]),
        .init(.fetched, "Expires now", ["Expires": httpDate(0), "Date": httpDate(0)]),
        .init(.fetched, "Expires: 0", ["Expires": "0", "Date": httpDate(0)]),
        .init(
            .fetched, "Expires: -1 although heuristically fresh", ["Expires": "-1", "Last-Modified": httpDate(-day)]),
        .init(.fetched, "Expires: tomorrow", ["Expires": "tomorrow", "Last-Modified": httpDate(-1_000 * day)]),
        .init(.reused, "max-age over Expires: 0", ["Cache-Control": "max-age=6000", "Expires": "0"]),
        .init(
            .reused, "max-age over a past Expires", ["Cache-Control": "max-age=6000", "Expires": httpDate(-6_000)]),
        .init(
            .fetched, "max-age=0 over Expires in the future",
            ["Cache-Control": "max-age=0", "Expires": httpDate(6_000), "Date": httpDate(0)]),
        .init(
            .reused, "s-maxage over Expires in the past",
            ["Cache-Control": "s-maxage=6000", "Expires": httpDate(-6_000)]),
    ]

    /// Section 4.2.3.
    static let ages: [ReuseCase] = [
        .init(.reused, "a smaller Age", ["Cache-Control": "max-age=6000", "Age": "3000"]),
        .init(.fetched, "a greater Age", ["Cache-Control": "max-age=6000", "Age": "7000"]),
        .init(.fetched, "an Age of 2^31", ["Cache-Control": "max-age=6000", "Age": "2147483648"]),
        .init(.fetched, "an Age beyond 64 bits", ["Cache-Control": "max-age=6000", "Age": "99999999999999999999"]),
        .init(.reused, "an Age that is no number", ["Cache-Control": "max-age=6000", "Age": "old"]),
        .init(.reused, "a negative Age", ["Cache-Control": "max-age=6000", "Age": "-7000"]),
        .init(
            .fetched, "a greater Age than Expires allows",
            ["Expires": httpDate(6_000), "Date": httpDate(0), "Age": "7000"]),
        .init(.reused, "a Date less long ago", ["Cache-Control": "max-age=6000", "Date": httpDate(-3_000)]),
        .init(.fetched, "a Date longer ago", ["Cache-Control": "max-age=6000", "Date": httpDate(-7_000)]),
        .init(
            .fetched, "a Date longer ago than Age",
            [
                "Cache-Control": "max-age=6000", "Date": httpDate(-7_000), "Age": "10",
            ]),
        .init(.reused, "a Date in the future", ["Cache-Control": "max-age=6000", "Date": httpDate(7_000)]),
    ]

    /// Section 4.2.2: a tenth of the time since the last change.
    static let heuristics: [ReuseCase] = [
        .init(.reused, "unchanged for long", ["Last-Modified": httpDate(-1_000 * day)]),
        .init(.reused, "younger than a tenth", lastModified(daysAgo: 10, age: 80_000)),
        .init(.fetched, "older than a tenth", lastModified(daysAgo: 10, age: 92_000)),
        .init(.fetched, "changed just now", ["Last-Modified": httpDate(0), "Date": httpDate(0)]),
        .init(.fetched, "to be changed", ["Last-Modified": httpDate(day), "Date": httpDate(0)]),
        .init(.fetched, "a date of change that is none", ["Last-Modified": "long ago"]),
        .init(.fetched, "no date of change", ["ETag": "\"1\""]),
        .init(.fetched, "no-cache", ["Cache-Control": "no-cache", "Last-Modified": httpDate(-1_000 * day)]),
        .init(.fetched, "max-age=0", ["Cache-Control": "max-age=0", "Last-Modified": httpDate(-1_000 * day)]),
    ]

    private static func lastModified(daysAgo: Int, age: Int) -> KeyValuePairs<String, String> {
        ["Last-Modified": httpDate(-daysAgo * day), "Date": httpDate(0), "Age": "\(age)"]
    }

    @Test("max-age and s-maxage", arguments: maxAge)
    func lifetime(_ reuse: ReuseCase) async throws {
        try await reuse.check()
    }

    @Test("Expires", arguments: expires)
    func expiry(_ reuse: ReuseCase) async throws {
        try await reuse.check()
    }

    @Test("age", arguments: ages)
    func age(_ reuse: ReuseCase) async throws {
        try await reuse.check()
    }

    @Test("heuristics", arguments: heuristics)
    func heuristic(_ reuse: ReuseCase) async throws {
        try await reuse.check()
    }

    @Test("the Age of the origin's answer is counted on")
    func countedAge() async throws {
        let resource = try Site.here.resource(.ok("first", ["Cache-Control": "max-age=6000", "Age": "3000"]))
        _ = try await resource.get()
        let next = try await resource.get()
        #expect((3_000...3_600).contains(next.age ?? -1) && next.forwarded.isEmpty, "\(next)")
    }
}
