/// The start times of the units granted for one (host, role): one ring that serves every window of its policy.
///
/// Because start times never decrease, "at most N in any interval of length T" holds exactly when the unit N places
/// before a new one started at least T earlier. So each window costs one lookup, whatever its N. A booking is simply
/// a unit whose start lies in the future.
package struct WindowLog: Sendable {
    /// Units that are kept one by one, in 1 MiB; those before them, where a window needs them, are kept more coarsely.
    package static let exactUnits = 131_000

    private var exact = StartRing()
    /// Units that left the ring; used only where windows look back further than the ring can.
    private var coarse = CoarseLog()
    /// The start of the newest unit that was forgotten: the bound for lookups further back than the log reaches,
    /// which happen after a reload that raises N. It can only make the answer later, never too early.
    private var newestLost = Int64.min
    /// Units ever written and not given back.
    package private(set) var count = 0

    package init() {}

    /// Bytes of start times that there is memory for.
    package var bytes: Int { (exact.capacity + coarse.capacity) * MemoryLayout<Int64>.stride }

    /// The start of the newest unit, or `nil` when nothing was ever granted.
    package var newest: Timestamp? {
        if exact.count > 0 { return Timestamp(microseconds: exact[exact.count - 1]) }
        return count == 0 ? nil : Timestamp(microseconds: coarse.newest ?? newestLost)
    }

    /// The earliest time at which `weight` units may start together, no earlier than `now`.
    package func earliestStart(of weight: Int, under windows: [Window], at now: Timestamp) -> Timestamp {
        var start = max(now, newest ?? now)
        for window in windows {
            start = max(start, bound(of: weight, under: window))
        }
        return start
    }

    /// The earliest start that this window alone allows; the distant past where it does not bind.
    ///
    /// A weight above the window's units needs the window empty: that can only be while the limit is lowered.
    package func bound(of weight: Int, under window: Window) -> Timestamp {
        let unit = count + weight - 1 - max(window.units, weight)
        guard unit >= 0 else { return Timestamp(microseconds: .min) }
        return Timestamp(microseconds: start(of: unit)).advanced(by: window.interval)
    }

    /// Writes `weight` units starting at `start`, keeping as many as the largest window looks back, and half as many
    /// again: what bookings push out matters again once they are given back.
    ///
    /// - Parameter reach: units of the largest window.
    package mutating func append(_ start: Timestamp, weight: Int, reaching reach: Int) {
        let wanted = reach + reach / 2 + 64
        let bound = min(Self.exactUnits, wanted)
        if weight > bound {
            // All that was in the ring leaves it, and so does the first part of these.
            while let oldest = exact.popFirst() { recede(oldest, units: 1, keeping: wanted - bound) }
            recede(start.microseconds, units: weight - bound, keeping: wanted - bound)
        }
        for _ in 0..<min(weight, bound) {
            if let oldest = exact.append(start.microseconds, bound: bound) {
                recede(oldest, units: 1, keeping: wanted - bound)
            }
        }
        count += weight
    }

    /// Takes `weight` units that started at `start` out again, as though they had never been granted.
    ///
    /// Later units keep their times. Units that already left the ring stay counted, which is only stricter.
    package mutating func giveBack(_ start: Timestamp, weight: Int) {
        let end = exact.firstIndex(after: start.microseconds)
        let held = end - exact.firstIndex(after: max(start.microseconds, .min + 1) - 1)
        // What other instances ask for is not to be trusted with a process.
        let removed = max(0, min(weight, held))
        exact.remove(end - removed..<end)
        count -= removed
    }

    /// Forgets the units that have started; bookings stay.
    package mutating func forget(until now: Timestamp) {
        exact.remove(0..<exact.firstIndex(after: now.microseconds))
        coarse = CoarseLog()
        newestLost = .min
        count = exact.count
    }

    /// Units that count against a window whose last instant is `time`: those in `(time - interval, time]` and later.
    package func used(of window: Window, at time: Timestamp) -> Int {
        let past = time.advanced(by: -window.interval).microseconds
        let index = exact.firstIndex(after: past)
        return exact.count - index + (index == 0 ? coarse.units(after: past) : 0)
    }

    /// When the oldest unit that counts against the window leaves it; `nil` when none counts.
    package func firstFree(of window: Window, at time: Timestamp) -> Timestamp? {
        let past = time.advanced(by: -window.interval).microseconds
        let index = exact.firstIndex(after: past)
        let oldest =
            (index == 0 ? coarse.start(after: past) : nil) ?? (index < exact.count ? exact[index] : nil)
        return oldest.map { Timestamp(microseconds: $0).advanced(by: window.interval) }
    }

    /// The start of a unit by its number, or a later time where that is not known exactly any more.
    private func start(of unit: Int) -> Int64 {
        let index = unit - (count - exact.count)
        if index >= 0 { return exact[index] }
        return coarse.start(ofUnitsBack: -index) ?? newestLost
    }

    /// Units leave the ring: to the coarse log where a window still needs them.
    private mutating func recede(_ start: Int64, units: Int, keeping wanted: Int) {
        if wanted > 0 {
            newestLost = max(newestLost, coarse.append(start, units: units, reaching: wanted))
        } else {
            if coarse.newest != nil { coarse = CoarseLog() }
            newestLost = start
        }
    }
}

extension WindowLog: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(exact)
        bytes.write(coarse)
        bytes.write(newestLost)
        bytes.write(count)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        exact = try bytes.read()
        coarse = try bytes.read()
        newestLost = try bytes.read()
        count = try bytes.read()
    }
}
