import DequeModule
import HeapModule

/// The keys in use, each at a place that stays its own for as long as it is in use.
///
/// Every key waits to be forgotten. Until nothing is left to remember it waits in a heap, ordered by when that will be,
/// and then in a queue, the oldest first. If a key is used meanwhile, that is noticed when its turn comes.
struct KeyTable: Sendable {
    private struct Turn: Comparable, Sendable {
        let time: Timestamp
        let place: Int

        static func < (left: Turn, right: Turn) -> Bool { (left.time, left.place) < (right.time, right.place) }
    }

    private var index: [LimitKey: Int] = [:]
    private var states: [KeyState] = []
    private var vacant: [Int] = []
    /// Places in use, all of them and by the keys' roles.
    private var used = SlotSet()
    private var byRole: [String: SlotSet] = [:]
    /// One for each key that is not in ``idle``, at its ``KeyState/turn``.
    private var turns = Heap<Turn>()
    /// Keys that had nothing left to remember at their turn.
    private var idle: Deque<Int> = []
    /// How many keys are to be looked at.
    private var looks = 0

    var count: Int { index.count }

    func place(of key: LimitKey) -> Int? { index[key] }

    /// - Parameter place: one in use.
    subscript(place: Int) -> KeyState {
        _read { yield states[place] }
        _modify { yield &states[place] }
    }

    /// The places in use, in ascending order, from one on. They are known without the states: who goes through them may
    /// change these in place.
    ///
    /// - Parameter role: of the keys that are wanted; `nil` for all.
    func places(from first: Int, role: String? = nil) -> some Sequence<Int> {
        (role.map { byRole[$0] ?? SlotSet() } ?? used).members(from: first)
    }

    mutating func insert(_ state: KeyState) -> Int {
        let place: Int
        if let reused = vacant.popLast() {
            place = reused
            states[place] = state
        } else {
            place = states.count
            states.append(state)
        }
        enter(state.key, at: place)
        turns.insert(Turn(time: state.turn, place: place))
        looks += 2
        return place
    }

    private mutating func enter(_ key: LimitKey, at place: Int) {
        index[key] = place
        used.insert(place)
        byRole[key.role, default: SlotSet()].insert(place)
    }

    var isSweepDue: Bool { looks > 0 }

    /// Looks at two keys for each one that was added, and drops those that have been idle for a while: so the table
    /// stays in proportion to what is in use without a pause to sweep it. Not to be called while somebody holds on to a
    /// place.
    ///
    /// - Parameters:
    ///   - grace: microseconds that an idle key is kept.
    ///   - end: when nothing is lost any more by forgetting a key, if it is not used again.
    mutating func sweep(at now: Timestamp, grace: Int64, _ end: (inout KeyState) -> Timestamp) {
        while looks > 0 {
            looks -= 1
            if let turn = turns.min, turn.time <= now {
                turns.removeMin()
                settle(turn.place, until: end(&states[turn.place]), at: now)
            } else if let place = idle.first, states[place].turn.advanced(by: grace) <= now {
                idle.removeFirst()
                let time = end(&states[place])
                if time.advanced(by: grace) <= now { drop(place) } else { settle(place, until: time, at: now) }
            } else {
                looks = 0
            }
        }
    }

    private mutating func settle(_ place: Int, until time: Timestamp, at now: Timestamp) {
        states[place].turn = time
        if time <= now { idle.append(place) } else { turns.insert(Turn(time: time, place: place)) }
    }

    private mutating func drop(_ place: Int) {
        let key = states[place].key
        index[key] = nil
        used.remove(place)
        byRole[key.role]?.remove(place)
        states[place] = .vacant
        vacant.append(place)
    }

    /// Drops idle keys, those first that have been so for longest.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - kept: keys that stay.
    ///   - end: as for ``sweep(at:grace:_:)``.
    /// - Returns: when the last of them can be dropped; `nil` when they are.
    mutating func makeRoom(
        for count: Int, besides kept: [LimitKey], at now: Timestamp, _ end: (inout KeyState) -> Timestamp
    ) -> Timestamp? {
        var missing = count
        var stay: [Int] = []
        /// The next keys to be idle, the first one first.
        var next: [Turn] = []
        defer {
            for place in stay.reversed() { idle.prepend(place) }
            for turn in next { turns.insert(turn) }
        }
        while next.count < missing {
            if let place = idle.popFirst() {
                let time = end(&states[place])
                if time > now {
                    settle(place, until: time, at: now)
                } else if kept.contains(states[place].key) {
                    stay.append(place)
                } else {
                    drop(place)
                    missing -= 1
                }
            } else if let turn = turns.popMin() {
                let time = end(&states[turn.place])
                if time <= now || time > turn.time {
                    // It is idle, or was used since its turn was set: then another may be earlier.
                    settle(turn.place, until: time, at: now)
                } else {
                    states[turn.place].turn = time
                    next.append(Turn(time: time, place: turn.place))
                }
            } else {
                break
            }
        }
        return missing > 0 ? next.map(\.time).max() : nil
    }

    /// Idle keys that ``nextRoom(for:besides:at:_:)`` looks at.
    private static let mostLooks = 256

    /// When idle keys can be dropped, as ``makeRoom(for:besides:at:_:)`` does, and at the earliest. Nothing changes.
    ///
    /// - Returns: `nil` when they can be now, or when more keys would have to be looked at to know.
    func nextRoom(
        for count: Int, besides kept: [LimitKey], at now: Timestamp, _ end: (KeyState) -> Timestamp
    ) -> Timestamp? {
        guard count > 0 else { return nil }
        let droppable = idle.prefix(Self.mostLooks).count { end(states[$0]) <= now && !kept.contains(states[$0].key) }
        guard droppable < count, idle.count <= Self.mostLooks, let next = turns.min?.time, next > now else {
            return nil
        }
        return next
    }
}

extension KeyTable: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(states)
        bytes.write(vacant)
        bytes.write(Array(idle))
        bytes.write(looks)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        states = try bytes.read()
        vacant = try bytes.read()
        idle = Deque(try bytes.read([Int].self))
        looks = try bytes.read()
        for (place, state) in states.enumerated() where !state.isVacant { enter(state.key, at: place) }
        let waiting = Set(idle)
        guard waiting.count == idle.count, waiting.allSatisfy({ states.indices.contains($0) && !states[$0].isVacant })
        else { throw MalformedBytes("a key that is idle and is not there") }
        turns = Heap(
            places(from: 0).filter { !waiting.contains($0) }.map { Turn(time: states[$0].turn, place: $0) })
    }
}
