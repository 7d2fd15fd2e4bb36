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

    /// Two bookings pushed the units before them out of a ring of two; without the bookings they matter again.
    @Test func giveBackRestoresWhatBookingsPushedOut() throws {
        let window = Window(rate: try Rate(units: 2, interval: 10), guardMilliseconds: 0)
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

    @Test func aClaimHeavierThanTheWindowNeverStarts() throws {
        let window = Window(rate: try Rate(units: 2, interval: 10), guardMilliseconds: 0)
        #expect(WindowLog().bound(of: 3, under: window) == Timestamp(microseconds: .max))
    }

    @Test func keepsWithinItsMemory() throws {
        var log = WindowLog()
        for start: Int64 in 0..<20_000 {
            log.append(Timestamp(microseconds: start), weight: 1, reaching: 5000)
        }
        #expect(log.capacity * MemoryLayout<Int64>.stride <= 65_536)
    }
}
