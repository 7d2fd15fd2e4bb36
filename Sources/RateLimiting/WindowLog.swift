/// The start times of the units granted for one (host, role): one ring that serves every window of its policy.
///
/// Because start times never decrease, "at most N in any interval of length T" holds exactly when the unit N places
/// before a new one started at least T earlier. So each window costs one lookup, whatever its N. A booking is simply
/// an entry whose start lies in the future.
package struct WindowLog: Sendable {
    private var ring: [Int64] = []
    /// How many of the newest entries the ring still holds.
    private var kept = 0
    /// The start of the newest entry that was overwritten: the bound for lookups further back than the ring reaches,
    /// which happen after a reload that raises N. It can only make the answer later, never too early.
    private var newestLost = Int64.min
    /// Entries ever written and not given back.
    package private(set) var count = 0

    package init() {}

    /// Entries the ring has memory for.
    var capacity: Int { ring.count }

    /// The start of the newest entry, or `nil` when nothing was ever granted.
    package var newest: Timestamp? {
        count == 0 ? nil : Timestamp(microseconds: kept == 0 ? newestLost : entry(count - 1))
    }

    /// The earliest time at which `weight` units may start together, no earlier than `now`.
    package func earliestStart(of weight: Int, under windows: [Window], at now: Timestamp) -> Timestamp {
        var start = now.microseconds
        if let newest { start = max(start, newest.microseconds) }
        for window in windows {
            start = max(start, bound(of: weight, under: window).microseconds)
        }
        return Timestamp(microseconds: start)
    }

    /// The earliest start that this window alone allows; the distant past where it does not bind.
    package func bound(of weight: Int, under window: Window) -> Timestamp {
        let index = count + weight - 1 - window.units
        guard index >= 0 else { return Timestamp(microseconds: .min) }
        // A reload can leave a waiter heavier than a window.
        guard index < count else { return Timestamp(microseconds: .max) }
        let earlier = index < count - kept ? newestLost : entry(index)
        return Timestamp(microseconds: earlier).advanced(by: window.interval)
    }

    /// Writes `weight` units starting at `start`, keeping as many entries as the largest window looks back, and half
    /// as many again: what bookings push out matters again once they are given back.
    package mutating func append(_ start: Timestamp, weight: Int, reaching reach: Int) {
        let capacity = min(Rate.maximumUnits, reach + reach / 2 + 64)
        for _ in 0..<weight {
            if kept == ring.count { grow(towards: capacity) }
            if kept == ring.count {
                newestLost = entry(count - kept)
                kept -= 1
            }
            ring[count % ring.count] = start.microseconds
            count += 1
            kept += 1
        }
    }

    /// Takes `weight` units that started at `start` out again, as though they had never been granted.
    ///
    /// Later entries keep their times. Units that already left the ring no longer matter to any window.
    package mutating func giveBack(_ start: Timestamp, weight: Int) {
        let end = lowerBound(start.microseconds + 1)
        let removed = min(weight, end - lowerBound(start.microseconds))
        guard removed > 0 else { return }
        for index in end..<count {
            ring[(index - removed) % ring.count] = entry(index)
        }
        count -= removed
        kept -= removed
    }

    /// Units that count against a window whose last instant is `time`: those in `(time - interval, time]` and later.
    package func used(of window: Window, at time: Timestamp) -> Int {
        count - lowerBound(time.advanced(by: -window.interval).microseconds + 1)
    }

    /// When the oldest unit that counts against the window leaves it; `nil` when none counts.
    package func firstFree(of window: Window, at time: Timestamp) -> Timestamp? {
        let oldest = lowerBound(time.advanced(by: -window.interval).microseconds + 1)
        return oldest < count ? Timestamp(microseconds: entry(oldest)).advanced(by: window.interval) : nil
    }

    private func entry(_ index: Int) -> Int64 {
        ring[index % ring.count]
    }

    /// The first kept entry that starts at or after `start`.
    private func lowerBound(_ start: Int64) -> Int {
        var low = count - kept
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if entry(middle) < start { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func grow(towards capacity: Int) {
        guard ring.count < capacity else { return }
        let size = min(capacity, max(8, ring.count * 2))
        var grown = [Int64](repeating: 0, count: size)
        for index in (count - kept)..<count {
            grown[index % size] = entry(index)
        }
        ring = grown
    }
}

/// A rate at work: the interval already widened by the policy's guard.
package struct Window: Hashable, Sendable {
    package let rate: Rate
    /// Microseconds, `guard_ms` included.
    package let interval: Int64

    package var units: Int { rate.units }

    package init(rate: Rate, guardMilliseconds: Int) {
        self.rate = rate
        self.interval = rate.interval + Int64(guardMilliseconds) * 1000
    }
}
