import ScriptedOrigin
import Testing

@Suite("a private cache", .site("--cache-mode", "private"), .timeLimit(.minutes(2)))
struct PrivateModeTests {
    private static let secret: KeyValuePairs = ["Authorization": "Basic d2VpcjpkYW0="]

    static let cases: [ReuseCase] = [
        .init(.reused, "private", ["Cache-Control": "private, max-age=6000"]),
        .init(.fetched, "no-store", ["Cache-Control": "private, max-age=6000, no-store"]),
        .init(.reused, "s-maxage=0 is not for it", ["Cache-Control": "max-age=6000, s-maxage=0"]),
        .init(.fetched, "nor is s-maxage over max-age=0", ["Cache-Control": "max-age=0, s-maxage=6000"]),
        .init(
            .fetched, "nor is s-maxage over Expires in the past",
            ["Cache-Control": "s-maxage=6000", "Expires": httpDate(-6_000), "Date": httpDate(0)]),
        .init(
            .reused, "proxy-revalidate is not for it",
            ["Cache-Control": "max-age=6000, proxy-revalidate", "Age": "7000"], then: ["Cache-Control": "max-stale"]),
        .init(
            .fetched, "must-revalidate is", ["Cache-Control": "max-age=6000, must-revalidate", "Age": "7000"],
            then: ["Cache-Control": "max-stale"]),
        .init(.reused, "Authorization", ["Cache-Control": "max-age=6000"], first: secret, then: secret),
        .init(
            .reused, "CDN-Cache-Control is not for it",
            ["Cache-Control": "max-age=6000", "CDN-Cache-Control": "no-store"]),
        .init(
            .fetched, "nor does CDN-Cache-Control permit",
            ["Cache-Control": "no-store", "CDN-Cache-Control": "max-age=6000"]
        ),
    ]

    @Test("serves one user", arguments: cases)
    func reuse(_ reuse: ReuseCase) async throws {
        try await reuse.check()
    }
}
