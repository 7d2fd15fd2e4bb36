import HTTPCaching
import HTTPTypes
import Testing

@Suite("RFC 9110, 13.1.5: If-Range")
struct IfRangeTests {
    @Test(
        "A part is an answer where the client's validator is strong and the same",
        arguments: [
            (["ETag: \"a\""], nil, true), (["ETag: \"a\""], "\"a\"", true), (["ETag: \"a\""], "\"b\"", false),
            (["ETag: \"a\""], "W/\"a\"", false), (["ETag: W/\"a\""], "W/\"a\"", false),
            (["ETag: W/\"a\""], "\"a\"", false), ([], "\"a\"", false), (["ETag: \"a\""], "*", false),
            (["ETag: \"a\""], "\"a\", \"b\"", false), (["ETag: \"a\""], "", false), (["ETag: \"a\""], "a", false),
            (["Last-Modified: \(at(-1))", "Date: \(at(0))"], at(-1), true),
            (["Last-Modified: \(at(0))", "Date: \(at(0))"], at(0), false),
            (["Last-Modified: \(at(-5))", "Date: \(at(0))"], at(-4), false),
            (["Last-Modified: \(at(-5))", "Date: \(at(0))"], at(-6), false),
            (["Last-Modified: soon", "Date: \(at(0))"], "soon", false), ([], at(0), false),
        ] as [([String], String?, Bool)])
    func applies(lines: [String], condition: String?, isPart: Bool) throws {
        let stored = try Exchange.stored(["Cache-Control: max-age=60"] + lines)
        #expect(stored.rangeApplies(Exchange.fields(condition.map { ["If-Range: \($0)"] } ?? [])) == isPart)
    }

    @Test("A stored part is not enough where the client wants the whole instead")
    func part() throws {
        let stored = try Exchange.stored(IncompleteResponsesTests.lines, status: 206)
        #expect(stored.outcome(asking: ["Range: bytes=4-8", "If-Range: \"a\""]) == .serve)
        #expect(stored.outcome(asking: ["Range: bytes=4-8", "If-Range: \"b\""]) == .forward(.partial))
    }
}
