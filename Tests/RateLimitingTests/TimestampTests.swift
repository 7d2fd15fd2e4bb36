import TestSupport
import Testing

@testable import RateLimiting

struct TimestampTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000000Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
        (-31_536_000_000_000, "1969-01-01T00:00:00.000000Z"),
        (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
        (951_868_800_000_000, "2000-03-01T00:00:00.000000Z"),
        (946_684_799_999_999, "1999-12-31T23:59:59.999999Z"),
        (1_709_210_096_000_007, "2024-02-29T12:34:56.000007Z"),
        (1_709_251_200_000_000, "2024-03-01T00:00:00.000000Z"),
        (1_735_689_599_000_000, "2024-12-31T23:59:59.000000Z"),
        (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
        (-2_203_891_200_000_000, "1900-03-01T00:00:00.000000Z"),
    ])
    func writesRFC3339(microseconds: Int64, text: String) {
        #expect(Timestamp(microseconds: microseconds).description == text)
    }

    @Test func readsWhatItWrites() {
        var random = SeededGenerator(seed: TestSeed.current)
        for _ in 0..<10_000 {
            // From the year 0 to the year 9999.
            let time = Timestamp(
                microseconds: .random(in: -62_167_219_200_000_000...253_402_300_799_999_999, using: &random))
            #expect(Timestamp(rfc3339: time.description) == time)
        }
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("1970-01-01t01:00:00.5+01:00", 500_000), ("1969-12-31T22:30:00-01:30", 0),
        ("1970-01-01T00:00:00+0000", 0), ("1970-01-01T00:00:00.1234567Z", 123_456),
        ("1970-01-01T23:59:60Z", 86_400_000_000),
        ("1970-01-01T00:00:00", nil), ("1970-13-01T00:00:00Z", nil), ("1970-01-01T24:00:00Z", nil), ("1970-01-01", nil),
        ("1970-01-01T00:00:00.Z", nil), ("1970-01-01 00:00:00Z", nil), ("1970-01-01T00:00:00+1", nil), ("", nil),
    ])
    func readsRFC3339(text: String, microseconds: Int64?) {
        #expect(Timestamp(rfc3339: text)?.microseconds == microseconds)
    }

    @Test func staysWithinRepresentableTime() {
        let last = Timestamp(microseconds: .max)
        let first = Timestamp(microseconds: .min)
        #expect(last.advanced(by: 1) == last)
        #expect(first.advanced(by: -1) == first)
        #expect(last.microseconds(since: first) == .max)
        #expect(first.microseconds(since: last) == .min)
    }
}
