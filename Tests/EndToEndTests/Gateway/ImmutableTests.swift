import ScriptedOrigin
import Testing

@Suite("RFC 8246: immutable", .site, .timeLimit(.minutes(2)))
struct ImmutableTests {
    private static let fresh: KeyValuePairs = ["Cache-Control": "max-age=6000, immutable", "ETag": "\"1\""]
    private static let stale: KeyValuePairs = ["Cache-Control": "max-age=6000, immutable", "Age": "7000"]

    static let cases: [ReuseCase] = [
        .init(.reused, "fresh", fresh),
        .init(.reused, "a reload that asks with max-age=0", fresh, then: ["Cache-Control": "max-age=0"]),
        .init(.fetched, "a forced reload that asks with no-cache", fresh, then: ["Cache-Control": "no-cache"]),
        .init(.fetched, "stale", stale),
        .init(.fetched, "stale, asked with max-age=0", stale, then: ["Cache-Control": "max-age=0"]),
        .init(.fetched, "no-store", ["Cache-Control": "max-age=6000, immutable, no-store"]),
    ]

    @Test("spares validations while fresh", arguments: cases)
    func immutable(_ reuse: ReuseCase) async throws {
        try await reuse.check()
    }

    @Test("a client that has it is told so without the origin")
    func condition() async throws {
        let resource = try Site.here.resource(.ok("first", Self.fresh))
        _ = try await resource.get()
        let next = try await resource.get(["Cache-Control": "max-age=0", "If-None-Match": "\"1\""])
        #expect(next.status == 304 && next.forwarded.isEmpty, "\(next)")
    }
}
