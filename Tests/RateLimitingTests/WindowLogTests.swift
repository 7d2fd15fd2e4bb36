import TestSupport
import Testing

@testable import RateLimiting

struct WindowLogTests {
    @Test func answersAsTheNaiveLogDoes() throws {
        for index in 0..<600 {
            let seed = TestSeed.current &+ UInt64(index)
            do {
                var history = WindowLogHistory(seed: seed)
                try history.run(events: 80)
                try history.checkAllIntervals()
            } catch {
                Issue.record("\(error), with WEIR_TEST_SEED=\(seed)")
                return
            }
        }
    }

    @Test func neverAdmitsTooMuchAfterAReload() throws {
        for index in 0..<250 {
            let seed = TestSeed.current &+ UInt64(index)
            do {
                var history = WindowLogHistory(seed: seed)
                for _ in 0..<8 {
                    try history.run(events: 20)
                    try history.reload()
                }
            } catch {
                Issue.record("\(error), with WEIR_TEST_SEED=\(seed)")
                return
            }
        }
    }

    @Test(arguments: [Int.min, -1, 0], [Int64.min, 0, 5, .max])
    func givingBackNothingTakesNothing(_ weight: Int, _ start: Int64) throws {
        let window = Window(rate: try Rate(units: 2, interval: 10))
        var log = WindowLog()
        log.append(Timestamp(microseconds: 5), weight: 1, reaching: 2)
        log.giveBack(Timestamp(microseconds: start), weight: weight)
        #expect(log.used(of: window, at: Timestamp(microseconds: 6)) == 1)
    }

    /// Two bookings pushed the units before them out of a ring of two; without the bookings they matter again.
    @Test func giveBackRestoresWhatBookingsPushedOut() throws {
        let window = Window(rate: try Rate(units: 2, interval: 10))
        var log = WindowLog()
        for start: Int64 in [0, 5, 10, 15] {
            log.append(Timestamp(microseconds: start), weight: 1, reaching: 2)
        }
        log.giveBack(Timestamp(microseconds: 15), weight: 1)
        log.giveBack(Timestamp(microseconds: 10), weight: 1)
        let now = Timestamp(microseconds: 6)
        #expect(log.used(of: window, at: now) == 2)
        #expect(log.firstFree(of: window, at: now) == Timestamp(microseconds: 10))
        #expect(log.earliestStart(of: 1, under: [window], at: now) == Timestamp(microseconds: 10))
    }

    /// Only while the limit is lowered: a window is lowered below what is asked for, and lets it pass when it is empty.
    @Test func aClaimHeavierThanALoweredWindowStartsWhenItIsEmpty() throws {
        let window = Window(rate: try Rate(units: 4, interval: 10)).scaled(by: 0.5)
        var log = WindowLog()
        #expect(log.earliestStart(of: 4, under: [window], at: Timestamp(microseconds: 3)).microseconds == 3)
        log.append(Timestamp(microseconds: 3), weight: 1, reaching: 4)
        #expect(log.earliestStart(of: 4, under: [window], at: Timestamp(microseconds: 5)).microseconds == 13)
    }

    @Test func keepsWithinItsMemory() throws {
        for (units, bytes) in [(5000, 65_536), (80_000, 1 << 20), (1_000_000, 2 << 20), (50_000_000, 2 << 20)] {
            var log = WindowLog()
            for start: Int64 in 0..<30_000 {
                log.append(Timestamp(microseconds: start), weight: units / 20_000 + 1, reaching: units)
            }
            #expect(log.bytes <= bytes, "\(units)")
        }
    }

    /// Above what can be kept unit by unit the log is stricter than exact, and by less than a thousandth.
    @Test(arguments: [200_000, 1_000_000, 3_000_000])
    func mergesOnlyTowardsStricter(units: Int) throws {
        var random = SeededGenerator(seed: TestSeed.current)
        let windows = [
            Window(rate: try Rate(units: units, interval: 3_600_000_000)),
            Window(rate: try Rate(units: 50, interval: 1000)),
        ]
        var log = WindowLog()
        var starts: [Int64] = []
        var now = Timestamp(microseconds: 0)
        while starts.count < units + units / 2 {
            let weight = random.number(1...50)
            now = log.earliestStart(of: weight, under: windows, at: now.advanced(by: Int64(random.number(0...500))))
            log.append(now, weight: weight, reaching: units)
            starts.append(contentsOf: repeatElement(now.microseconds, count: weight))
        }
        for window in windows {
            let isKept = zip(starts, starts.dropFirst(window.units)).allSatisfy { $1 - $0 >= window.interval }
            #expect(isKept, "\(window.rate)")
        }
        let firstFull = try #require(starts.indices.first { starts[$0] >= starts[0] + 3_600_000_000 })
        #expect(firstFull >= units - units / 1000)
    }
}
