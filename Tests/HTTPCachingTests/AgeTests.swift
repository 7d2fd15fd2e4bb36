import HTTPCaching
import Testing

@Suite("RFC 9111, 4.2.3 and 5.1: age")
struct AgeTests {
    @Test(
        "The greater of what its Date and what its Age say, and the time here",
        arguments: [
            ([], 0, 0, 0), ([], 0, 7, 7), ([], 3, 7, 10), (["Age: 30"], 0, 7, 37), (["Age: 30"], 3, 7, 40),
            (["Date: \(at(-20))"], 0, 7, 27), (["Date: \(at(-20))", "Age: 30"], 0, 7, 37),
            (["Date: \(at(-50))", "Age: 30"], 3, 7, 57), (["Date: \(at(500))"], 0, 7, 7),
            (["Date: soon"], 0, 7, 7),
        ] as [([String], Int64, Int64, Int64)])
    func age(lines: [String], delay: Int64, resident: Int64, age: Int64) throws {
        let stored = try Exchange.stored(["Cache-Control: max-age=3600"] + lines, delay: delay)
        #expect(stored.freshness(after: resident).age == age)
    }

    @Test("A clock that went back makes nothing younger than it was")
    func clock() throws {
        let stored = try Exchange.stored(["Cache-Control: max-age=3600", "Age: 30"])
        #expect(stored.freshness(after: -100).age == 30)
    }

    @Test(
        "Of several the first counts; what is no number is ignored",
        arguments: [
            (["abc"], 0), (["-7200"], 0), (["7200.0"], 0), ([""], 0), (["7200;foo=bar"], 0), (["\"7200\""], 0),
            (["7200, 0"], 7200), (["0, 7200"], 0), (["7200", "0"], 7200), (["0", "7200"], 0),
            (["3600", "3600"], 3600), (["2147483647"], 2_147_483_647), (["2147483648"], 2_147_483_648),
            (["2147483649"], 2_147_483_648), (["99999999999999999999"], 2_147_483_648),
        ] as [([String], Int64)])
    func parsing(values: [String], age: Int64) throws {
        let stored = try Exchange.stored(
            ["Cache-Control: max-age=3600", "ETag: \"a\""] + values.map { "Age: \($0)" })
        #expect(stored.freshness().age == age)
        #expect(stored.outcome() == (age < 3600 ? .serve : .validate(.stale)))
    }
}
