import DequeModule

/// Everything a limiter knows about one key.
struct KeyState: Sendable {
    let key: LimitKey
    /// Where the policy is in the table of this version.
    var policy: Int
    var tableVersion: Int
    /// The policy's windows, scaled by what the upstream answered, less what is set aside.
    private(set) var windows: [Window]
    /// Units of the largest window: how far back the log has to reach.
    private var reach: Int
    /// The heaviest claim that may start for now: all that is left while shares are set aside.
    private(set) var heaviestClaim = Int.max
    var log = WindowLog()
    /// Places of the leases held on it.
    var leases: [UInt32] = []
    var pause: Pause?
    var adaptation = Adaptation()
    /// Units in the log that are still to start, in the order in which they were booked.
    var bookings: Deque<Booking> = []
    /// Waiters without a booking, because a slot is taken or an earlier one stands in front, in order of arrival.
    var queue: Deque<WaiterID> = []
    /// Waiters in all.
    var waiting = 0
    /// Slots in flight that waiters with a booking will take.
    var reserved = 0
    /// When the table looks whether it can be forgotten.
    var turn: Timestamp

    init(key: LimitKey, policy: Int, tableVersion: Int, windows: [Window], turn: Timestamp) {
        self.key = key
        self.turn = turn
        self.policy = policy
        self.tableVersion = tableVersion
        self.windows = windows
        reach = Self.reach(of: windows)
    }

    mutating func setWindows(_ windows: [Window], heaviestClaim: Int = .max) {
        self.windows = windows
        self.heaviestClaim = heaviestClaim
        reach = Self.reach(of: windows)
    }

    private static func reach(of windows: [Window]) -> Int { windows.lazy.map(\.units).max() ?? 1 }

    /// What stands where no key is.
    static let vacant = KeyState(
        key: LimitKey(host: "", role: ""), policy: -1, tableVersion: 0, windows: [], turn: Timestamp(microseconds: 0))
    var isVacant: Bool { policy < 0 }

    /// The earliest start that windows and pause allow; a weight of nothing needs no window.
    func earliestStart(of weight: Int, at now: Timestamp) -> Timestamp {
        let open = max(now, pause?.until ?? now)
        return weight == 0 ? open : max(open, log.earliestStart(of: weight, under: windows, at: now))
    }

    mutating func write(_ start: Timestamp, weight: Int) {
        log.append(start, weight: weight, reaching: reach)
    }

    mutating func book(_ booking: Booking) {
        bookings.append(booking)
        write(booking.start, weight: booking.weight)
    }

    /// Takes units out again that somebody else than a waiter had booked or started.
    mutating func giveBack(_ entry: Timestamp, weight: Int) {
        log.giveBack(entry, weight: weight)
        let booking = bookings.firstIndex { $0.waiter == nil && $0.start == entry && $0.weight == weight }
        if let booking { bookings.remove(at: booking) }
    }

    /// Whether every window would still hold at later bookings if `weight` units started at `start`, before them.
    func leavesRoom(for bookings: Deque<Booking>, behind weight: Int, at start: Timestamp) -> Bool {
        var log = log
        log.append(start, weight: weight, reaching: reach)
        for booking in bookings {
            guard log.earliestStart(of: booking.weight, under: windows, at: start) <= booking.start else {
                return false
            }
            log.append(booking.start, weight: booking.weight, reaching: reach)
        }
        return true
    }

    /// Bookings that have started are units like all others.
    mutating func forgetStarted(at now: Timestamp) {
        while let first = bookings.first, first.waiter == nil, first.start <= now { bookings.removeFirst() }
    }
}

/// Units that are to start later.
struct Booking: Sendable {
    /// The order in which bookings were made, over all keys.
    let order: UInt64
    let start: Timestamp
    /// Units; none where a claim is not counted.
    let weight: Int
    /// Whose start may still move; `nil` where the caller has its answer already.
    let waiter: WaiterID?
}

extension Booking: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(order)
        bytes.write(start)
        bytes.write(weight)
        bytes.write(waiter)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        self.init(
            order: try bytes.read(), start: try bytes.read(), weight: try bytes.readAmount(), waiter: try bytes.read())
    }
}

extension KeyState: BinaryCodable {
    /// Without its policy and windows, which follow from the table.
    func write(to bytes: inout ByteWriter) {
        bytes.write(isVacant)
        guard !isVacant else { return }
        bytes.write(key)
        bytes.write(tableVersion)
        bytes.write(turn)
        bytes.write(log)
        bytes.write(leases)
        bytes.write(pause)
        bytes.write(adaptation)
        bytes.write(Array(bookings))
        bytes.write(Array(queue))
        bytes.write(waiting)
        bytes.write(reserved)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        guard try !Bool(from: &bytes) else {
            self = .vacant
            return
        }
        self.init(
            key: try bytes.read(), policy: 0, tableVersion: try bytes.read(), windows: [], turn: try bytes.read())
        log = try bytes.read()
        leases = try bytes.read()
        pause = try bytes.read()
        adaptation = try bytes.read()
        bookings = Deque(try bytes.read([Booking].self))
        queue = Deque(try bytes.read([WaiterID].self))
        waiting = try bytes.read()
        reserved = try bytes.read()
    }
}
