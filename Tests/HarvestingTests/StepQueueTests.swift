import RateLimiting
import Testing

@testable import Harvesting

@Suite struct StepQueueTests {
    private let a = LimitKey(host: "a.example", role: "artifact")
    private let b = LimitKey(host: "b.example", role: "artifact")

    private func at(_ microseconds: Int64) -> Timestamp { Timestamp(microseconds: microseconds) }

    @Test func lanesTakeTurns() {
        var queue = StepQueue<Int>()
        for item in [1, 2, 3] { queue.add(item, to: a) }
        for item in [10, 20] { queue.add(item, to: b) }
        var served: [Int] = []
        while let (key, item) = queue.next(at: at(0)) {
            served.append(item)
            queue.finished(key)
        }
        #expect(served == [1, 10, 2, 20, 3])
        #expect(queue.waiting == 0)
    }

    @Test func aBusyLaneYieldsToAnIdleOne() {
        var queue = StepQueue<Int>()
        for item in [1, 2, 3] { queue.add(item, to: a) }
        #expect(queue.next(at: at(0))?.item == 1)
        #expect(queue.next(at: at(0))?.item == 2)
        queue.add(10, to: b)
        #expect(queue.next(at: at(0))?.item == 10)
    }

    @Test func aParkedLaneHoldsUpNobodyElse() {
        var queue = StepQueue<Int>()
        queue.add(1, to: a)
        queue.add(10, to: b)
        queue.park(a, until: at(100))
        #expect(queue.next(at: at(99))?.item == 10)
        #expect(queue.next(at: at(99)) == nil)
        #expect(queue.opensNext == at(100))
        #expect(queue.next(at: at(100))?.item == 1)
    }

    @Test func parkingIsNeverShortened() {
        var queue = StepQueue<Int>()
        queue.park(a, until: at(100))
        queue.park(a, until: at(50))
        queue.add(1, to: a)
        #expect(queue.next(at: at(99)) == nil)
        #expect(queue.next(at: at(100))?.item == 1)
    }

    @Test func anItemPutFirstOnANewLaneIsServed() {
        var queue = StepQueue<Int>()
        queue.add(1, to: a, first: true)
        queue.add(2, to: a, first: true)
        #expect(queue.next(at: at(0))?.item == 2)
        #expect(queue.next(at: at(0))?.item == 1)
    }
}
