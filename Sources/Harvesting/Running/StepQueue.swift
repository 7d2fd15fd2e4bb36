import DequeModule
import RateLimiting

/// Works that wait for their next request, in one queue per (host, role), so that a slow or resting host holds up
/// nobody else. A value: the time is an argument.
struct StepQueue<Item: Sendable>: Sendable {
    private struct Lane: Sendable {
        var items: Deque<Item> = []
        /// Requests under way.
        var active = 0
        /// No request before this time, because the limiter or the host said so.
        var opens: Timestamp?
    }

    private var lanes: [LimitKey: Lane] = [:]
    /// Lanes with waiting items, the one that was served longest ago first.
    private var turns: Deque<LimitKey> = []

    mutating func add(_ item: Item, to key: LimitKey, first: Bool = false) {
        var lane = lanes[key] ?? Lane()
        if lane.items.isEmpty { turns.append(key) }
        if first { lane.items.prepend(item) } else { lane.items.append(item) }
        lanes[key] = lane
    }

    /// Closes a lane until `time`; an earlier closing that lasts longer stays.
    mutating func park(_ key: LimitKey, until time: Timestamp) {
        lanes[key, default: Lane()].opens = max(time, lanes[key]?.opens ?? time)
    }

    /// The next item that may go: of the open lanes the one with the fewest requests under way, then the one served
    /// longest ago. The caller says when it is over with ``finished(_:)``.
    ///
    /// - Parameter most: requests that a lane may have under way; one more would only wait for a slot.
    mutating func next(at now: Timestamp, atMost most: (LimitKey) -> Int) -> (key: LimitKey, item: Item)? {
        let open = turns.indices.filter { index in
            guard let lane = lanes[turns[index]], lane.opens.map({ $0 <= now }) ?? true else { return false }
            return lane.active == 0 || lane.active < most(turns[index])
        }
        let best = open.min { lanes[turns[$0]]?.active ?? 0 < lanes[turns[$1]]?.active ?? 0 }
        guard let best, let item = lanes[turns[best]]?.items.popFirst() else { return nil }
        let key = turns.remove(at: best)
        lanes[key]?.active += 1
        lanes[key]?.opens = nil
        if lanes[key]?.items.isEmpty == false { turns.append(key) }
        return (key, item)
    }

    mutating func finished(_ key: LimitKey) {
        lanes[key]?.active -= 1
        if let lane = lanes[key], lane.active == 0, lane.items.isEmpty, lane.opens == nil { lanes[key] = nil }
    }

    /// Gives back an item that was taken and could not go: it goes first when the lane opens.
    mutating func putBack(_ item: Item, to key: LimitKey, until time: Timestamp) {
        finished(key)
        park(key, until: time)
        add(item, to: key, first: true)
    }

    /// Opens a lane before its time.
    mutating func open(_ key: LimitKey) {
        lanes[key]?.opens = nil
    }

    /// When the next of the lanes that are closed now opens; `nil` when none that has items is.
    func opensNext(after now: Timestamp) -> Timestamp? {
        turns.compactMap { lanes[$0]?.opens }.filter { $0 > now }.min()
    }

    /// The lanes that are closed now and have items.
    func closed(at now: Timestamp) -> [(key: LimitKey, opens: Timestamp, items: Int)] {
        turns.compactMap { key in
            guard let lane = lanes[key], let opens = lane.opens, opens > now else { return nil }
            return (key, opens, lane.items.count)
        }
    }
}
