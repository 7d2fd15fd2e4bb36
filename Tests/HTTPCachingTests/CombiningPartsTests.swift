import HTTPCaching
import HTTPTypes
import Testing

@Suite("RFC 9111, 3.4: combining partial content (RFC 9110, 15.3.7)")
struct CombiningPartsTests {
    private func part(
        _ range: ClosedRange<Int64>, of length: Int64 = 10, tag: String = "\"a\"", _ lines: [String] = []
    ) throws -> StoredResponse {
        try Exchange.stored(
            [
                "Cache-Control: max-age=60", "ETag: \(tag)", "Content-Length: \(range.count)",
                "Content-Range: bytes \(range.lowerBound)-\(range.upperBound)/\(length)",
            ] + lines, status: 206)
    }

    @Test(
        "Parts that touch or overlap are one, whichever came first",
        arguments: [
            (0...4, 5...9, .complete), (0...6, 3...9, .complete), (0...9, 3...4, .complete),
            (0...2, 3...5, .part(range: 0..<6, length: 10)), (2...5, 4...8, .part(range: 2..<9, length: 10)),
            (2...8, 3...4, .part(range: 2..<9, length: 10)), (2...4, 2...4, .part(range: 2..<5, length: 10)),
            (0...3, 5...9, nil), (0...0, 9...9, nil),
        ] as [(ClosedRange<Int64>, ClosedRange<Int64>, StoredResponse.Extent?)])
    func extents(a: ClosedRange<Int64>, b: ClosedRange<Int64>, extent: StoredResponse.Extent?) throws {
        #expect(try part(a).joined(with: part(b)) == extent)
        #expect(try part(b).joined(with: part(a)) == extent)
    }

    @Test("Parts of different representations are not joined")
    func different() throws {
        #expect(try part(0...4).joined(with: part(5...9, tag: "\"b\"")) == nil)
        #expect(try part(0...4).joined(with: part(5...9, of: 11)) == nil)
    }

    @Test(
        "A date joins parts where it is strong (RFC 9110, 8.8.2.2), a weak tag never",
        arguments: [
            (["Last-Modified: \(at(-60))"], ["Last-Modified: \(at(-60))"], true),
            (["Last-Modified: \(at(-60))"], ["Last-Modified: \(at(-61))"], false),
            (["Last-Modified: \(at(0))"], ["Last-Modified: \(at(0))"], false),
            (["Last-Modified: \(at(-60))", "ETag: W/\"a\""], ["Last-Modified: \(at(-60))", "ETag: W/\"a\""], false),
            (["Last-Modified: \(at(-60))"], ["Last-Modified: \(at(-60))", "ETag: \"a\""], false), ([], [], false),
        ] as [([String], [String], Bool)])
    func validators(a: [String], b: [String], isJoined: Bool) throws {
        let control = "Cache-Control: max-age=60"
        let first = try Exchange.stored(a + [control, "Content-Range: bytes 0-4/10"], status: 206)
        let second = try Exchange.stored(b + [control, "Content-Range: bytes 5-9/10"], status: 206)
        #expect((first.joined(with: second) == .complete) == isJoined)
    }

    @Test("A part adds nothing to a whole, which must be its whole")
    func whole() throws {
        for (lines, extent) in [
            (["ETag: \"a\""], .complete), (["ETag: \"a\"", "Content-Length: 10"], .complete),
            (["ETag: \"a\"", "Content-Length: 11"], nil), (["ETag: W/\"a\""], nil), ([], nil),
        ] as [([String], StoredResponse.Extent?)] {
            let whole = try Exchange.stored(["Cache-Control: max-age=60"] + lines)
            #expect(whole.joined(with: try part(0...4)) == extent, "\(lines)")
        }
        let whole = try Exchange.stored(["Cache-Control: max-age=60", "ETag: \"a\""])
        #expect(try part(0...4).joined(with: whole) == nil)
    }

    @Test("What is complete then is a 200 of the whole length")
    func completed() throws {
        let first = try part(0...4, ["X: 1"])
        let second = try part(5...9, ["X: 2"])
        let grown = first.grown(by: second, to: try #require(first.joined(with: second)))
        #expect(grown.status == .ok)
        #expect(grown.isComplete)
        #expect(grown.fields[.contentLength] == "10")
        #expect(!grown.fields.contains(.contentRange))
        #expect(grown.outcome() == .serve)
    }

    @Test("What is not says which bytes it has")
    func larger() throws {
        let first = try part(2...5)
        let second = try part(4...8)
        let grown = first.grown(by: second, to: try #require(first.joined(with: second)))
        #expect(grown.status == .partialContent)
        #expect(grown.fields[.contentRange] == "bytes 2-8/10")
        #expect(grown.fields[.contentLength] == "7")
        #expect(grown.outcome(asking: ["Range: bytes=3-7"]) == .serve)
        #expect(grown.outcome(asking: ["Range: bytes=1-7"]) == .forward(.partial))
    }

    @Test("The newer part's fields count, and what it leaves out stays")
    func fields() throws {
        var first = try part(0...4, ["Content-Type: text/plain", "X: 1", "Age: 50"])
        first.isInvalidated = true
        let second = try part(5...9, ["X: 2", "Cache-Control: s-maxage=90"])
        let grown = first.grown(by: second, to: .complete)
        #expect(grown.fields[.contentType] == "text/plain")
        #expect(grown.fields.contains { $0.name.canonicalName == "x" && $0.value == "2" })
        #expect(grown.freshness().age == 0)
        #expect(grown.outcome(after: 89) == .serve)
    }
}
