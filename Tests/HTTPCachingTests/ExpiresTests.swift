import HTTPCaching
import Testing

@Suite("RFC 9111, 5.3: Expires")
struct ExpiresTests {
    @Test(
        "The time from Date until it is the lifetime",
        arguments: [(0, 60, 60), (-10, 60, 70), (0, -60, 0), (-60, 0, 60), (60, 30, 0)] as [(Int64, Int64, Int64)])
    func lifetime(date: Int64, expires: Int64, lifetime: Int64) throws {
        let stored = try Exchange.stored(["Date: \(at(date))", "Expires: \(at(expires))", "ETag: \"a\""])
        #expect(stored.freshness().lifetime == lifetime)
    }

    @Test("Without Date it counts from the arrival")
    func withoutDate() throws {
        #expect(try Exchange.stored(["Expires: \(at(60))"]).freshness().lifetime == 60)
    }

    @Test(
        "It is read in all three forms and any case",
        arguments: [
            "Thu, 18 Aug 2050 02:01:18 GMT", "Thursday, 18-Aug-50 02:01:18 GMT", "Thu Aug 18 02:01:18 2050",
            "THU, 18 Aug 2050 02:01:18 GMT", "Thu, 18 AUG 2050 02:01:18 GMT", "Thu, 18 Aug 2050 02:01:18 gMT",
            "Tue, 19 Jan 2038 14:14:08 GMT", "Sun, 21 Nov 2286 04:46:39 GMT", "Fri, 31 Dec 9999 23:59:60 GMT",
        ])
    func forms(date: String) throws {
        #expect(try Exchange.stored(["Expires: \(date)"]).outcome() == .serve)
    }

    @Test(
        "What is no date has expired",
        arguments: [
            "0", "-1", "", "never", "2050-08-18", "Thu, 18 Aug 2050 02:01:18 UTC", "Thu, 18 Aug 2050 02:01:18 AEST",
            "Thu, 18 Aug 50 02:01:18 GMT", "Thu 18 Aug 2050 02:01:18 GMT", "Thu, 18  Aug  2050 02:01:18 GMT",
            "Thu, 18-Aug-2050 02:01:18 GMT", "Thu, 18 Aug 2050 02.01.18 GMT", "Thu, 18 Aug 2050 2:01:18 GMT",
            "Thu, 18 Aug 99999 02:01:18 GMT", "99999999999999999999999",
        ])
    func unreadable(date: String) throws {
        // Not even a guess by the last change stands in for it.
        let stored = try Exchange.stored(["Expires: \(date)", "Last-Modified: \(at(-100_000))"])
        #expect(stored.outcome() == .validate(.stale))
    }

    @Test("Two that differ have expired, two that agree have not")
    func twice() throws {
        let lines = ["Expires: \(at(60))", "ETag: \"a\""]
        #expect(try Exchange.stored(lines + ["Expires: \(at(61))"]).outcome() == .validate(.stale))
        #expect(try Exchange.stored(lines + ["Expires: \(at(60))"]).outcome() == .serve)
    }
}
