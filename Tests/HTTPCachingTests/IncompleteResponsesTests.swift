import HTTPCaching
import HTTPTypes
import Testing

@Suite("RFC 9111, 3.3: storing and using incomplete responses")
struct IncompleteResponsesTests {
    static let lines = ["Cache-Control: max-age=60", "ETag: \"a\"", "Content-Range: bytes 4-8/10"]

    @Test(
        "A part is stored where it says what it is a part of",
        arguments: [
            (["ETag: \"a\"", "Content-Range: bytes 4-8/10"], nil),
            (["ETag: W/\"a\"", "Content-Range: bytes 4-8/10"], nil),
            (["Content-Range: bytes 4-8/10"], nil), (["ETag: \"a\""], .partial),
            (["ETag: \"a\"", "Content-Range: bytes 4-8/*"], .partial),
            (["ETag: \"a\"", "Content-Type: multipart/byteranges; boundary=x"], .partial),
        ] as [([String], Storability.Refusal?)])
    func storing(lines: [String], refusal: Storability.Refusal?) {
        #expect(Exchange.refusal(["Cache-Control: max-age=60"] + lines, status: 206) == refusal)
    }

    @Test("It knows its bytes")
    func extent() throws {
        #expect(try Exchange.stored(Self.lines, status: 206).extent == .part(range: 4..<9, length: 10))
        #expect(try Exchange.stored(["Cache-Control: max-age=60"]).isComplete)
    }

    @Test(
        "A part is used for requests for bytes that it has, and no others",
        arguments: [
            ("bytes=4-8", .serve), ("bytes=5-6", .serve), ("bytes=4-4", .serve), ("bytes=3-4", .forward(.partial)),
            ("bytes=8-9", .forward(.partial)), ("bytes=4-", .forward(.partial)), ("bytes=-2", .forward(.partial)),
            ("bytes=0-", .forward(.partial)), ("bytes=10-", .forward(.partial)), ("bytes=4-5,7-8", .forward(.partial)),
            ("items=4-5", .forward(.partial)),
        ] as [(String, Outcome)])
    func using(range: String, outcome: Outcome) throws {
        #expect(try Exchange.stored(Self.lines, status: 206).outcome(asking: ["Range: \(range)"]) == outcome)
    }

    @Test("The end of a representation is a part too")
    func end() throws {
        let stored = try Exchange.stored(
            ["Cache-Control: max-age=60", "ETag: \"a\"", "Content-Range: bytes 5-9/10"], status: 206)
        #expect(stored.outcome(asking: ["Range: bytes=-5"]) == .serve)
        #expect(stored.outcome(asking: ["Range: bytes=7-"]) == .serve)
        #expect(stored.outcome(asking: ["Range: bytes=9-100"]) == .serve)
        #expect(stored.outcome(asking: ["Range: bytes=-6"]) == .forward(.partial))
    }

    @Test("A part is not enough for a request for the whole, for HEAD, or instead of an error")
    func whole() throws {
        let stored = try Exchange.stored(
            Self.lines + ["Cache-Control: stale-if-error=600"], status: 206)
        let range = ["Range: bytes=4-8"]
        #expect(stored.outcome() == .forward(.partial))
        #expect(stored.outcome(asking: range, method: .head) == .forward(.partial))
        #expect(stored.outcome(asking: ["Cache-Control: only-if-cached"]) == .refuse)
        let now = Exchange.start.advanced(by: 100)
        #expect(stored.maySubstituteError(for: Exchange.request(), now: now, rules: .shared) == nil)
        #expect(stored.maySubstituteError(for: Exchange.request(range), now: now, rules: .shared) != nil)
    }

    @Test("It is fresh and stale as a whole is")
    func freshness() throws {
        let stored = try Exchange.stored(Self.lines, status: 206)
        #expect(stored.outcome(after: 60, asking: ["Range: bytes=4-8"]) == .validate(.stale))
    }
}
