import HTTPCaching
import Testing

@Suite("RFC 8246: immutable")
struct ImmutableTests {
    @Test(
        "A reload is answered from storage while it is fresh; what asks for more is not",
        arguments: [
            ("max-age=60, immutable", "max-age=0", 0, .serve), ("max-age=60, immutable", "max-age=0", 59, .serve),
            ("max-age=60, immutable", "max-age=0", 60, .validate(.stale)),
            ("max-age=60, immutable", "no-cache", 0, .validate(.request)),
            ("max-age=60, immutable", "max-age=5", 6, .validate(.request)),
            ("max-age=60, immutable", "max-age=0, min-fresh=60", 1, .validate(.request)),
            ("max-age=60, immutable=\"x\"", "max-age=0", 0, .serve),
            ("max-age=60, no-cache, immutable", "max-age=0", 0, .validate(.stale)),
            ("max-age=60", "max-age=0", 0, .validate(.request)), ("immutable", "max-age=60", 0, .validate(.stale)),
        ] as [(String, String, Int64, Outcome)])
    func reload(directives: String, asked: String, seconds: Int64, outcome: Outcome) throws {
        let stored = try Exchange.stored(["Cache-Control: \(directives)", "ETag: \"a\""])
        #expect(stored.outcome(after: seconds, asking: ["Cache-Control: \(asked)"]) == outcome)
    }
}
