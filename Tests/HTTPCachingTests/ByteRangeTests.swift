import HTTPCaching
import HTTPTypes
import Testing

@Suite("RFC 9110, 14.1.2 and 14.2: byte ranges")
struct ByteRangeTests {
    private func range(_ lines: String...) -> ByteRange? {
        ByteRange(of: Exchange.fields(lines.map { "Range: \($0)" }))
    }

    @Test(
        "Which bytes of 10 000 are meant",
        arguments: [
            ("bytes=0-499", 0..<500), ("bytes=500-999", 500..<1000), ("bytes=-500", 9500..<10_000),
            ("bytes=9500-", 9500..<10_000), ("bytes=0-0", 0..<1), ("bytes=-1", 9999..<10_000),
            ("bytes=0-", 0..<10_000), ("bytes=9999-10000", 9999..<10_000), ("bytes=0-99999999", 0..<10_000),
            ("bytes=-10001", 0..<10_000), ("BYTES=0-0", 0..<1), ("bytes= 0-0", 0..<1), ("bytes=0-0,", 0..<1),
            ("bytes=007-008", 7..<9), ("bytes=0-9223372036854775807", 0..<10_000),
            ("bytes=0-99999999999999999999", 0..<10_000), ("bytes=-99999999999999999999", 0..<10_000),
            // 416
            ("bytes=10000-", nil), ("bytes=10000-10001", nil), ("bytes=-0", nil),
            ("bytes=9223372036854775807-", nil), ("bytes=99999999999999999999-99999999999999999999", nil),
            ("bytes=9223372036854775806-9223372036854775807", nil),
        ] as [(String, Range<Int64>?)])
    func resolved(text: String, bytes: Range<Int64>?) throws {
        #expect(try #require(range(text)).resolved(length: 10_000) == bytes)
    }

    @Test(
        "What is none, several, or in another unit is ignored",
        arguments: [
            "", "bytes", "bytes=", "bytes=-", "bytes=5", "bytes=5-4", "bytes=a-b", "bytes=1-b", "bytes=0-1-2",
            "bytes=--1", "bytes=+1-2", "bytes=1-+2", "bytes=0-0,2-2", "bytes 0-1", "items=0-1", "bytes=\u{663}-",
            "bytes=0 0-1", "bytes=\"0-1\"", "0-1",
        ])
    func ignored(text: String) {
        #expect(range(text) == nil)
    }

    @Test("Two lines are several ranges")
    func lines() {
        #expect(range("bytes=0-0", "bytes=1-1") == nil)
        #expect(ByteRange(of: HTTPFields()) == nil)
    }

    @Test("Nothing has no bytes, and what is as long as can be has its last")
    func extremes() {
        for text in ["bytes=0-", "bytes=0-0", "bytes=-1"] { #expect(range(text)?.resolved(length: 0) == nil) }
        let last = Int64.max - 1
        #expect(range("bytes=\(last)-")?.resolved(length: .max) == last..<Int64.max)
        #expect(range("bytes=\(last)-\(Int64.max)")?.resolved(length: .max) == last..<Int64.max)
        #expect(range("bytes=-\(Int64.max)")?.resolved(length: .max) == 0..<Int64.max)
    }
}
