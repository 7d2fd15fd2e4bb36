/// The keys in use, each at a place that stays its own for as long as it is in use.
struct KeyTable: Sendable {
    /// What bounds the memory, since callers invent keys.
    static let maximumKeys = 1 << 20

    private var index: [LimitKey: Int] = [:]
    private var states: [KeyState] = []
    private var vacant: [Int] = []
    /// Where the last look for idle keys ended, and how many looks are due.
    private var hand = 0
    private var looks = 0

    var count: Int { index.count }
    var isFull: Bool { index.count >= Self.maximumKeys }

    func place(of key: LimitKey) -> Int? { index[key] }

    /// - Parameter place: one in use.
    subscript(place: Int) -> KeyState {
        _read { yield states[place] }
        _modify { yield &states[place] }
    }

    /// The places in use, in ascending order, from one on.
    func places(from first: Int) -> some Sequence<Int> {
        (first..<max(first, states.count)).lazy.filter { !states[$0].isVacant }
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
        index[state.key] = place
        looks += 2
        return place
    }

    /// Looks at two keys for each one that was added, and drops those that are idle: so the table stays in proportion to
    /// what is in use without a pause to sweep it. Not to be called while somebody holds on to a place.
    mutating func sweep(_ isIdle: (inout KeyState) -> Bool) {
        while looks > 0 {
            looks -= 1
            hand = hand + 1 < states.count ? hand + 1 : 0
            guard !states[hand].isVacant, isIdle(&states[hand]) else { continue }
            index[states[hand].key] = nil
            states[hand] = .vacant
            vacant.append(hand)
        }
    }
}

extension KeyTable: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(states)
        bytes.write(vacant)
        bytes.write(hand)
        bytes.write(looks)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        states = try bytes.read()
        vacant = try bytes.read()
        hand = try bytes.read()
        looks = try bytes.read()
        for (place, state) in states.enumerated() where !state.isVacant { index[state.key] = place }
    }
}
