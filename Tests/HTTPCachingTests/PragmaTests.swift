import HTTPCaching
import Testing

@Suite("RFC 9111, 5.4: Pragma")
struct PragmaTests {
    @Test(
        "no-cache in a request means what it means in Cache-Control, where there is none",
        arguments: [
            (["Pragma: no-cache"], .validate(.request)), (["Pragma: x, No-Cache"], .validate(.request)),
            (["Pragma: x"], .serve), (["Pragma: no-cache", "Cache-Control: max-age=60"], .serve),
        ] as [([String], Outcome)])
    func request(lines: [String], outcome: Outcome) throws {
        #expect(try Exchange.stored(["Cache-Control: max-age=60"]).outcome(asking: lines) == outcome)
    }

    @Test("In a response it means nothing")
    func response() throws {
        #expect(try Exchange.stored(["Cache-Control: max-age=60", "Pragma: no-cache"]).outcome() == .serve)
    }
}
