import HTTPCaching
import TestSupport
import Testing

@Suite("RFC 9110, 5.6.7: dates")
struct HTTPDateTests {
    static let now = HTTPDate(seconds: 1_795_000_000)

    @Test(
        "The three forms mean the same",
        arguments: [
            "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        ])
    func forms(text: String) {
        #expect(HTTPDate(parsing: text, now: Self.now) == HTTPDate(seconds: 784_111_777))
    }

    @Test(
        "Caches read names in any case (RFC 9111, section 4.2)",
        arguments: ["SUN, 06 NOV 1994 08:49:37 GMT", "sunday, 06-nov-94 08:49:37 gmt", "sun nov  6 08:49:37 1994"])
    func anyCase(text: String) {
        #expect(HTTPDate(parsing: text, now: Self.now) == HTTPDate(seconds: 784_111_777))
    }

    @Test("Two-digit years are at most 50 years ahead", arguments: [("76", 2076), ("77", 1977), ("26", 2026)])
    func shortYears(short: String, year: Int) throws {
        let date = try #require(HTTPDate(parsing: "Friday, 06-Nov-\(short) 08:49:37 GMT", now: Self.now))
        #expect(date.text.contains(" \(year) "))
    }

    @Test(
        "What is no date is none",
        arguments: [
            "", "0", "-1", "now", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49 GMT", "Sun, +6 Nov 1994 08:49:37 GMT", "Sun, 06 Nvo 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 UTC", "Sun 06 Nov 1994 08:49:37 GMT", "Sun, 06  Nov  1994 08:49:37 GMT",
            "Sunday, 06-Nov-+4 08:49:37 GMT", "Sunday, 06-Nov-1994 08:49:37 GMT", "Sun, 06 Nov 1994 08.49.37 GMT",
            "Sun, 06 Nov 1994 8:49:37 GMT", ",", " ", "Sun,     ",
        ])
    func unreadable(text: String) {
        #expect(HTTPDate(parsing: text, now: Self.now) == nil)
    }

    @Test("Every second from 1900 to 2200 reads as it was written")
    func roundTrip() {
        var random = SeededGenerator(seed: TestSeed.current)
        for _ in 0..<20_000 {
            let date = HTTPDate(seconds: Int64.random(in: -2_208_988_800..<7_258_118_400, using: &random))
            #expect(HTTPDate(parsing: date.text, now: Self.now) == date, "\(date.text)")
        }
    }
}
