import Testing

@testable import RateLimiting

struct RateTests {
    @Test(arguments: [
        ("10/SECOND", 10, 1, "10/SECOND"),
        ("5000/HOUR", 5000, 3600, "5000/HOUR"),
        ("1/3SECOND", 1, 3, "1/3SECOND"),
        ("300/5m", 300, 300, "300/5MINUTE"),
        ("100000/DAY", 100_000, 86_400, "100000/DAY"),
        ("10/s", 10, 1, "10/SECOND"),
        ("2/h", 2, 3600, "2/HOUR"),
        ("2/d", 2, 86_400, "2/DAY"),
        ("7/Minutes", 7, 60, "7/MINUTE"),
        ("7/second", 7, 1, "7/SECOND"),
        ("1/60SECOND", 1, 60, "1/MINUTE"),
        ("1/90s", 1, 90, "1/90SECOND"),
        ("1/48h", 1, 172_800, "1/2DAY"),
        ("1/366DAY", 1, 31_622_400, "1/366DAY"),
        ("007/01SECOND", 7, 1, "7/SECOND"),
        ("1000000000/HOUR", 1_000_000_000, 3600, "1000000000/HOUR"),
    ])
    func readsAndWritesBack(text: String, units: Int, seconds: Int64, canonical: String) throws {
        let rate = try Rate(parsing: text)
        #expect(rate.units == units)
        #expect(rate.interval == seconds * 1_000_000)
        #expect(rate.description == canonical)
        #expect(try Rate(parsing: rate.description) == rate)
    }

    @Test(arguments: [
        ("0/SECOND", "allows 0 units; at least 1 is needed"),
        ("1000000001/SECOND", "allows 1000000001 units; at most 1000000000 are possible"),
        ("-1/SECOND", "has '-1' where a whole number of units belongs"),
        ("+1/SECOND", "has '+1' where a whole number of units belongs"),
        ("1.5/SECOND", "has '1.5' where a whole number of units belongs"),
        ("/SECOND", "has '' where a whole number of units belongs"),
        (" 1/SECOND", "has ' 1' where a whole number of units belongs"),
        ("1 /SECOND", "has '1 ' where a whole number of units belongs"),
        ("١٠/SECOND", "has '١٠' where a whole number of units belongs"),
        ("99999999999999999999/SECOND", "has '99999999999999999999' where a whole number of units belongs"),
        ("1/WEEK", "has the unknown unit 'week'"),
        ("1/", "has the unknown unit ''"),
        ("1/3", "has the unknown unit ''"),
        ("1/ SECOND", "has the unknown unit ' second'"),
        ("1/SECOND ", "has the unknown unit 'second '"),
        ("1/-3SECOND", "has the unknown unit '-3second'"),
        ("1/٣SECOND", "has the unknown unit '٣second'"),
        ("1/0SECOND", "has an empty interval"),
        ("1/99999999999999999999s", "has an interval '99999999999999999999s' that is too long"),
        ("1/9223372036854775807DAY", "has an interval of more than 366 days"),
        ("1/367d", "has an interval of more than 366 days"),
        ("", "should look like 10/SECOND, 1/3SECOND or 300/5m"),
        ("10", "should look like 10/SECOND, 1/3SECOND or 300/5m"),
        ("10/SECOND/2", "should look like 10/SECOND, 1/3SECOND or 300/5m"),
    ])
    func refusesWithAReason(text: String, reason: String) {
        let error = #expect(throws: RateError.self) { try Rate(parsing: text) }
        #expect(error?.description.hasPrefix(reason) == true, "\(error?.description ?? "no error")")
    }
}
