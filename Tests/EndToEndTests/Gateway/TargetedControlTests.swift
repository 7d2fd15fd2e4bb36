import ScriptedOrigin
import Testing

@Suite("RFC 9213: CDN-Cache-Control", .site, .timeLimit(.minutes(2)))
struct TargetedControlTests {
    private static func fields(_ targeted: String, _ control: String) -> KeyValuePairs<String, String> {
        ["CDN-Cache-Control": targeted, "Cache-Control": control]
    }

    static let cases: [ReuseCase] = [
        .init(.reused, "max-age alone", ["CDN-Cache-Control": "max-age=6000"]),
        .init(.reused, "max-age over no-store", fields("max-age=6000", "no-store")),
        .init(.reused, "max-age over private and max-age=0", fields("max-age=6000", "private, max-age=0")),
        .init(.reused, "max-age over s-maxage=0", fields("max-age=6000", "s-maxage=0")),
        .init(
            .reused, "max-age over Expires in the past",
            ["CDN-Cache-Control": "max-age=6000", "Expires": httpDate(-6_000)]),
        .init(.reused, "a parameter of a directive", fields("max-age=6000;x=1", "no-store")),
        .init(.reused, "two lines", ["CDN-Cache-Control": "x", "cdn-cache-control": "max-age=6000"]),
        .init(.fetched, "no-store over max-age", fields("no-store", "max-age=6000")),
        .init(.fetched, "private over max-age", fields("private, max-age=6000", "max-age=6000")),
        .init(.fetched, "no-cache over max-age", fields("no-cache", "max-age=6000")),
        .init(.fetched, "max-age=0 over max-age", fields("max-age=0", "max-age=6000")),
        .init(
            .fetched, "a greater Age",
            ["CDN-Cache-Control": "max-age=6000", "Cache-Control": "max-age=9000", "Age": "7000"]
        ),
        .init(.reused, "no dictionary: Cache-Control counts", fields("no-store, &&&", "max-age=6000")),
        .init(.fetched, "no dictionary: no-store counts", fields("max-age=6000, &&&", "no-store")),
        .init(.fetched, "a key in capitals makes no dictionary", fields("MAX-AGE=6000", "no-store")),
        .init(.fetched, "an empty field", fields("", "no-store")),
        .init(.reused, "an empty field beside max-age", fields("", "max-age=6000")),
    ]

    @Test("governs a shared cache where it is valid", arguments: cases)
    func targeted(_ reuse: ReuseCase) async throws {
        try await reuse.check()
    }
}
