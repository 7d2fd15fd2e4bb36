import HTTPTypes
import TestSupport
import Testing

@testable import HTTPCaching

@Suite("RFC 9110, 14, and RFC 9111, 3.4: ranges and parts")
struct RangeTests {
    @Test(
        "14.1.2: what a range means in ten bytes",
        arguments: [
            ("bytes=0-4", 0..<5), ("bytes=5-", 5..<10), ("bytes=-3", 7..<10), ("bytes=-30", 0..<10),
            ("bytes=8-99", 8..<10), ("BYTES=0-0", 0..<1), ("bytes=0-9223372036854775807", 0..<10), ("bytes=10-", nil),
            ("bytes=-0", nil),
        ] as [(String, Range<Int64>?)])
    func resolves(text: String, range: Range<Int64>?) throws {
        let asked = try #require(ByteRange(of: try Exchanges.fields(["Range": text])))
        #expect(asked.resolved(length: 10) == range)
    }

    @Test(
        "14.2: what cannot be read, or asks for more than one part, asks for the whole",
        arguments: [
            "", "bytes", "bytes=", "bytes=a-b", "bytes=5-4", "bytes=0-1,3-4", "lines=0-1", "bytes=--1", "bytes=+1-2",
        ])
    func unreadable(text: String) throws {
        #expect(ByteRange(of: try Exchanges.fields(["Range": text])) == nil)
    }

    @Test(
        "14.4: Content-Range",
        arguments: [
            ("bytes 0-4/10", 0..<5), ("bytes 9-9/10", 9..<10), ("bytes 0-9/*", nil), ("bytes */10", nil),
            ("bytes 5-4/10", nil), ("bytes 0-10/10", nil), ("bytes 0-9223372036854775807/9223372036854775807", nil),
            ("lines 0-4/10", nil), ("", nil),
        ] as [(String, Range<Int64>?)])
    func contentRange(text: String, range: Range<Int64>?) throws {
        #expect(ContentRange(of: try Exchanges.fields(["Content-Range": text]))?.range == range)
    }

    private func part(_ range: Range<Int64>, tag: String = "\"1\"") throws -> StoredResponse {
        var part = try Exchanges.stored(["ETag": tag], status: 206)
        part.extent = .part(range: range, length: 100)
        return part
    }

    @Test("3.4: parts that touch are one, and all of them are the whole")
    func joins() throws {
        #expect(try part(0..<50).joined(with: part(50..<80)) == .part(range: 0..<80, length: 100))
        #expect(try part(50..<80).joined(with: part(20..<60)) == .part(range: 20..<80, length: 100))
        #expect(try part(50..<100).joined(with: part(0..<50)) == .complete)
        #expect(try part(0..<50).joined(with: part(51..<80)) == nil)
        #expect(try part(0..<50).joined(with: part(50..<80, tag: "\"2\"")) == nil)
        #expect(try part(0..<50, tag: "W/\"1\"").joined(with: part(50..<80, tag: "W/\"1\"")) == nil)
    }

    @Test("3.4: joined parts hold what one of them held, and nothing else")
    func joinsRandomly() throws {
        var random = SeededGenerator(seed: TestSeed.current)
        func range() -> Range<Int64> {
            let start = Int64(random.number(0...99))
            return start..<Int64(random.number(Int(start) + 1...100))
        }
        for _ in 0..<10_000 {
            let (a, b) = (range(), range())
            guard let extent = try part(a).joined(with: part(b)) else {
                #expect(a.upperBound < b.lowerBound || b.upperBound < a.lowerBound)
                continue
            }
            let joined: Range<Int64> = if case .part(let range, _) = extent { range } else { 0..<100 }
            #expect(joined.allSatisfy { a.contains($0) || b.contains($0) } && joined.count >= max(a.count, b.count))
        }
    }

    @Test(
        "13.1.5: If-Range allows a part of what it names by a strong validator",
        arguments: [
            ("\"1\"", true), ("\"2\"", false), ("W/\"1\"", false), ("Tue, 17 Nov 2026 11:06:40 GMT", true),
            ("Tue, 17 Nov 2026 11:06:41 GMT", false),
        ])
    func ifRange(condition: String, applies: Bool) throws {
        let stored = try Exchanges.stored(["ETag": "\"1\"", "Last-Modified": "Tue, 17 Nov 2026 11:06:40 GMT"])
        #expect(stored.rangeApplies(try Exchanges.fields(["If-Range": condition])) == applies)
    }
}
