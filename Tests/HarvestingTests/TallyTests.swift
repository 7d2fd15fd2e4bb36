import Testing

@testable import Harvesting

@Suite struct TallyTests {
    @Test func bucketsAreAtMostATenthTooHigh() throws {
        #expect(Tally.bucket(0) == "0")
        for milliseconds in [1, 2, 9, 10, 11, 100, 101, 999, 12_345, 86_400_000] {
            let bound = try #require(Int(Tally.bucket(milliseconds)))
            #expect(bound >= milliseconds && Double(bound) <= Double(milliseconds) * 1.1 + 1)
        }
    }

    @Test func quantilesAreReadFromBuckets() {
        #expect(Tally.quantile(0.5, of: [:]) == nil)
        #expect(Tally.quantile(0.5, of: [10: 1]) == 10)
        #expect(Tally.quantile(0.5, of: [1: 50, 100: 50]) == 1)
        #expect(Tally.quantile(0.95, of: [1: 94, 100: 6]) == 100)
        #expect(Tally.quantile(1, of: [1: 94, 100: 6]) == 100)
    }
}
