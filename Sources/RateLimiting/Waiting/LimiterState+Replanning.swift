import DequeModule

extension LimiterState {
    /// Moves the starts of all who wait at the keys, and at those that these wait for as well: takes their bookings
    /// out and settles them again in their order, those that queue behind. Bookings whose callers have their answers
    /// stay where they are.
    ///
    /// - Parameter counted: units that were granted elsewhere, by key: they come before all that is still to start.
    mutating func replan(_ changed: [Int], counting counted: [Int: [UncheckedUnits]] = [:], at now: Timestamp) {
        let (places, moving) = connected(to: changed)
        guard !moving.isEmpty || !counted.isEmpty else { return }
        for id in moving.reversed() {
            guard let waiter = waiters[id], waiter.stage != .queued else { continue }
            unbook(id, waiter, givingBack: true)
        }
        var fixed = Dictionary(uniqueKeysWithValues: places.map { ($0, takeOut($0, at: now)) })
        for (place, units) in counted { count(units, on: place, before: &fixed[place, default: []], at: now) }
        for id in moving {
            guard let waiter = waiters[id] else { continue }
            if let refusal = refusal(of: waiter, at: now) {
                decide(id, waiter, refusal)
                continue
            }
            let left = waiter.slots.map { fixed[$0]?.count ?? 0 }
            letPass(&fixed, before: waiter, at: now)
            let hasSlots = hasSlots(for: waiter.request, on: waiter.claims)
            guard !settle(id, waiter, hasSlots: hasSlots, at: now) else { continue }
            // It has no start that the bookings were to stay in front of, and later waiters may still pass them.
            for (place, count) in zip(waiter.slots, left) { takeOutAgain(&fixed, from: place, until: count) }
        }
        for place in places { restore(&fixed, to: place) { _ in true } }
    }

    /// The waiters at the keys, those at the other keys of these, and so on; in the order of their bookings, then of
    /// their arrival.
    private func connected(to changed: [Int]) -> (places: Set<Int>, waiters: [WaiterID]) {
        var places = Set(changed)
        var open = Array(places)
        var found: Set<WaiterID> = []
        while let place = open.popLast() {
            guard keys[place].waiting > 0 else { continue }
            for id in keys[place].queue + keys[place].bookings.compactMap(\.waiter) where found.insert(id).inserted {
                guard let waiter = waiters[id] else { continue }
                open.append(contentsOf: waiter.slots.filter { places.insert($0).inserted })
            }
        }
        func rank(_ id: WaiterID) -> (UInt64, WaiterID) { (waiters[id]?.order ?? .max, id) }
        return (places, found.sorted { rank($0) < rank($1) })
    }

    /// Empties the key's queue and takes the bookings that are left out of its log.
    private mutating func takeOut(_ place: Int, at now: Timestamp) -> Deque<Booking> {
        keys[place].queue = []
        keys[place].bookings.removeAll { $0.start <= now }
        let bookings = keys[place].bookings
        for booking in bookings.reversed() { keys[place].log.giveBack(booking.start, weight: booking.weight) }
        keys[place].bookings = []
        return bookings
    }

    /// Writes units into a log that holds what has started; those that are still to start join the fixed bookings.
    private mutating func count(
        _ units: [UncheckedUnits], on place: Int, before fixed: inout Deque<Booking>, at now: Timestamp
    ) {
        for units in units.sorted(by: { $0.start < $1.start }) {
            guard units.start > now else {
                let start = max(units.start, keys[place].log.newest ?? units.start)
                keys[place].write(start, weight: units.weight)
                continue
            }
            // It was made before anything that moves is settled again.
            let booking = Booking(order: 0, start: units.start, weight: units.weight, waiter: nil)
            fixed.insert(booking, at: fixed.firstIndex { $0.start > units.start } ?? fixed.endIndex)
        }
    }

    /// Takes the bookings that were written back last out again, until so many are left to be written back.
    private mutating func takeOutAgain(_ fixed: inout [Int: Deque<Booking>], from place: Int, until count: Int) {
        while let left = fixed[place]?.count, left < count, let booking = keys[place].bookings.popLast() {
            keys[place].log.giveBack(booking.start, weight: booking.weight)
            fixed[place]?.prepend(booking)
        }
    }

    /// Writes back the bookings that a waiter without one has to stay behind: those made before its own, those that it
    /// would start no earlier than, and those that it would come too close in front of.
    private mutating func letPass(_ fixed: inout [Int: Deque<Booking>], before waiter: Waiter, at now: Timestamp) {
        guard waiter.slots.contains(where: { fixed[$0]?.isEmpty == false }) else { return }
        let order = waiter.order ?? .max
        for place in waiter.slots { restore(&fixed, to: place) { $0.order < order } }
        var isRestored = true
        while isRestored {
            let start = earliestStart(of: waiter.request, on: waiter.claims, at: now)
            isRestored = false
            for claim in waiter.claims {
                guard let bookings = fixed[claim.slot] else { continue }
                let isTooClose =
                    policy(at: claim.slot).counts(waiter.request)
                    && !keys[claim.slot].leavesRoom(for: bookings, behind: claim.weight, at: start)
                var isFirst = true
                isRestored =
                    restore(&fixed, to: claim.slot) {
                        defer { isFirst = false }
                        return $0.start <= start || isTooClose && isFirst
                    } || isRestored
            }
        }
    }

    /// Writes bookings back as far as they satisfy the condition; `false` when none did.
    @discardableResult
    private mutating func restore(
        _ fixed: inout [Int: Deque<Booking>], to place: Int, while condition: (Booking) -> Bool
    ) -> Bool {
        var isRestored = false
        while let booking = fixed[place]?.first, condition(booking) {
            fixed[place]?.removeFirst()
            keys[place].book(booking)
            isRestored = true
        }
        return isRestored
    }

    /// Why a waiter could not even wait under the table in force, or while limits are divided.
    private mutating func refusal(of waiter: Waiter, at now: Timestamp) -> Result<Decision, AcquireError>? {
        for claim in waiter.claims {
            let key = keys[claim.slot].key
            guard refresh(claim.slot, at: now) else {
                return .failure(.unknownRole(claim: claim.origin, role: key.role))
            }
            let policy = policy(at: claim.slot)
            guard claim.weight <= policy.heaviestClaim || policy.mode == .off else {
                return .failure(.weightExceedsLimit(claim: claim.origin, key: key, heaviest: policy.heaviestClaim))
            }
        }
        return dividedTooFar(waiter.request, waiter.claims, at: now).map { .success(.denied($0)) }
    }
}
