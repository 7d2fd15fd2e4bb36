import HTTPCaching
import HTTPTypes
import Testing

@Suite("RFC 9110, 14.4: Content-Range")
struct ContentRangeTests {
    private func parsed(_ text: String) -> ContentRange? {
        ContentRange(of: Exchange.fields(["Content-Range: \(text)"]))
    }

    @Test(
        "It says which bytes there are, and of how many",
        arguments: [
            ("bytes 0-99/1234", 0..<100, 1234), ("bytes 1233-1233/1234", 1233..<1234, 1234),
            ("BYTES 0-0/1", 0..<1, 1),
        ] as [(String, Range<Int64>, Int64)])
    func readable(text: String, range: Range<Int64>, length: Int64) {
        #expect(parsed(text) == ContentRange(range, of: length))
        #expect(ContentRange(range, of: length).text == text.lowercased())
    }

    @Test(
        "What does not, or contradicts itself, is none",
        arguments: [
            "", "bytes", "bytes 0-99", "bytes 0-99/*", "bytes */1234", "bytes 5-4/10", "bytes 0-10/10", "bytes 0-0/0",
            "bytes -5-9/10", "bytes 0--5/10", "bytes 0/5-10", "bytes 0-4//10", "bytes 0-4/10/", "bytes +0-4/10",
            "bytes 0-+4/10", "bytes 0-4/+10", "items 0-4/10", "bytes=0-4/10", "bytes 0-4/10, bytes 5-9/10",
            "bytes 0-4/99999999999999999999", "bytes 0-99999999999999999999/99999999999999999999",
            "bytes 0-9223372036854775806/9223372036854775807", "bytes 0-9223372036854775807/9223372036854775807",
        ])
    func unreadable(text: String) {
        #expect(parsed(text) == nil)
    }

    @Test("A 416 says the length alone")
    func unsatisfied() {
        #expect(ContentRange.unsatisfied(length: 1234) == "bytes */1234")
    }
}
