import RateLimiting
import Testing

@testable import Harvesting

@Suite struct StepQueueTests {
    private let a = LimitKey(host: "a.example", role: "artifact")
    private let b = LimitKey(host: "b.example", role: "artifact")

    private func at(_ microseconds: Int64) -> Timestamp { Timestamp(microseconds: microseconds) }

    private func next(
        _ queue: inout StepQueue<Int>, _ microseconds: Int64 = 0, atMost most: Int = .max
    ) -> (key: LimitKey, item: Int)? {
        queue.next(at: at(microseconds)) { _ in most }
    }

    @Test func lanesTakeTurns() {
        var queue = StepQueue<Int>()
        for item in [1, 2, 3] { queue.add(item, to: a) }
        for item in [10, 20] { queue.add(item, to: b) }
        var served: [Int] = []
        while let (key, item) = next(&queue) {
            served.append(item)
            queue.finished(key)
        }
        #expect(served == [1, 10, 2, 20, 3])
    }

    @Test func aBusyLaneYieldsToAnIdleOne() {
        var queue = StepQueue<Int>()
        for item in [1, 2, 3] { queue.add(item, to: a) }
        #expect(next(&queue)?.item == 1)
        #expect(next(&queue)?.item == 2)
        queue.add(10, to: b)
        #expect(next(&queue)?.item == 10)
    }

    @Test func aLaneHasNoMoreUnderWayThanItHasSlots() throws {
        var queue = StepQueue<Int>()
        for item in [1, 2, 3] { queue.add(item, to: a) }
        #expect(next(&queue, atMost: 2)?.item == 1)
        #expect(next(&queue, atMost: 2)?.item == 2)
        #expect(next(&queue, atMost: 2) == nil)
        #expect(queue.opensNext(after: at(0)) == nil)
        queue.finished(a)
        #expect(next(&queue, atMost: 2)?.item == 3)
    }

    @Test func aParkedLaneHoldsUpNobodyElse() {
        var queue = StepQueue<Int>()
        queue.add(1, to: a)
        queue.add(10, to: b)
        queue.park(a, until: at(100))
        #expect(next(&queue, 99)?.item == 10)
        #expect(next(&queue, 99) == nil)
        #expect(queue.opensNext(after: at(99)) == at(100))
        #expect(queue.opensNext(after: at(100)) == nil)
        #expect(next(&queue, 100)?.item == 1)
    }

    @Test func parkingIsNeverShortened() {
        var queue = StepQueue<Int>()
        queue.park(a, until: at(100))
        queue.park(a, until: at(50))
        queue.add(1, to: a)
        #expect(next(&queue, 99) == nil)
        #expect(next(&queue, 100)?.item == 1)
    }

    @Test func anItemPutFirstOnANewLaneIsServed() {
        var queue = StepQueue<Int>()
        queue.add(1, to: a, first: true)
        queue.add(2, to: a, first: true)
        #expect(next(&queue)?.item == 2)
        #expect(next(&queue)?.item == 1)
    }
}
