@testable import RateLimiting

/// What a window log promises, told the slow way: every start in an array, every question a scan.
struct NaiveLog {
    private(set) var starts: [Timestamp] = []

    mutating func append(_ start: Timestamp, weight: Int) {
        starts.append(contentsOf: repeatElement(start, count: weight))
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

    /// Whether `weight` more units at `start`, no earlier than any known one, leave every window within its rate.
    func holds(_ weight: Int, at start: Timestamp, under windows: [Window]) -> Bool {
        windows.allSatisfy { used(of: $0, at: start) + weight <= $0.units }
    }

    /// The first instant that holds: it is now, the newest start, or the end of some unit's stay in some window.
    func earliestStart(of weight: Int, under windows: [Window], at now: Timestamp) -> Timestamp {
        let soonest = max(now, starts.last ?? now)
        if holds(weight, at: soonest, under: windows) { return soonest }
        let ends = windows.flatMap { window in starts.map { $0.advanced(by: window.interval) } }
        return ends.sorted().first { $0 >= soonest && holds(weight, at: $0, under: windows) }
            ?? Timestamp(microseconds: .max)
    }
}
