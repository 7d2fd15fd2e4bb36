@testable import RateLimiting

/// What a window log promises, told the slow way: every start in an array, every question a scan.
struct NaiveLog {
    private(set) var starts: [Timestamp] = []

    mutating func append(_ start: Timestamp, weight: Int) {
        starts.append(contentsOf: repeatElement(start, count: weight))
        starts.sort()
    }

    mutating func giveBack(_ start: Timestamp, weight: Int) {
        for _ in 0..<weight {
            if let index = starts.lastIndex(of: start) { starts.remove(at: index) }
        }
    }

    /// Units in `(time - interval, time]` and later.
    func used(of window: Window, at time: Timestamp) -> Int {
        starts.count { $0 > time.advanced(by: -window.interval) }
    }

    func firstFree(of window: Window, at time: Timestamp) -> Timestamp? {
        starts.first { $0 > time.advanced(by: -window.interval) }?.advanced(by: window.interval)
    }

    /// Whether, with `weight` more units at `start`, every interval that they are in holds what its window allows.
    /// Of all these intervals the fullest ones begin with a unit.
    func holds(_ weight: Int, at start: Timestamp, under windows: [Window]) -> Bool {
        windows.allSatisfy { window in
            let near = starts.filter { abs($0.microseconds - start.microseconds) < window.interval }
            return (near.filter { $0 <= start } + [start]).allSatisfy { first in
                let end = first.advanced(by: window.interval)
                return near.count { $0 >= first && $0 < end } + weight <= window.units
            }
        }
    }

    /// The first instant from `soonest` on that holds: `soonest` itself, or the end of some unit's stay in some window.
    func earliestStart(of weight: Int, under windows: [Window], from soonest: Timestamp) -> Timestamp {
        let ends = windows.flatMap { window in starts.map { $0.advanced(by: window.interval) } }
        return ([soonest] + ends.sorted()).first { $0 >= soonest && holds(weight, at: $0, under: windows) }
            ?? Timestamp(microseconds: .max)
    }
}
