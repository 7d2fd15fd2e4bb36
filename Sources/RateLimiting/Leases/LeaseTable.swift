import HeapModule

/// All leases of a limiter: found by their place, let go in the order of their expiry.
struct LeaseTable: Sendable {
    private struct Expiry: Comparable, Sendable {
        let time: Timestamp
        let place: UInt32
        let number: UInt64

        static func < (left: Expiry, right: Expiry) -> Bool {
            (left.time, left.number) < (right.time, right.number)
        }
    }

    private let nonce: UInt64
    private var slots: [Lease?] = []
    private var free: [UInt32] = []
    /// One for each lease, and some of leases that ended or were renewed meanwhile.
    private var expiries = Heap<Expiry>()
    private var ended = EndedLeases()
    private var newest: UInt64 = 0
    private(set) var count = 0
    /// Leases that others gave while they were cut off, by the ids that their holders know.
    private var adopted: [LeaseID: UInt32] = [:]
    /// The same ids, by the places of the leases.
    private var adoptedIDs: [UInt32: LeaseID] = [:]

    init(nonce: UInt64) {
        self.nonce = nonce
    }

    /// Where a lease is, or how it ended.
    enum Lookup {
        case held(UInt32)
        case released
        case expired
        case unknown
    }

    func find(_ id: LeaseID) -> Lookup {
        if let place = adopted[id] { return .held(place) }
        guard id.nonce == nonce, id.number >= 1, id.number <= newest, id.place < slots.count else { return .unknown }
        if slots[Int(id.place)]?.number == id.number { return .held(id.place) }
        return ended.wasReleased(id.number, newest: newest) ? .released : .expired
    }

    func id(at place: UInt32) -> LeaseID? {
        slots[Int(place)].map { LeaseID(nonce: nonce, number: $0.number, place: place) }
    }

    subscript(place: UInt32) -> Lease? {
        get { slots[Int(place)] }
        _modify { yield &slots[Int(place)] }
    }

    mutating func insert(
        _ holdings: NonEmpty<Holding>, start: Timestamp, expires: Timestamp, client: String?,
        adopting id: LeaseID? = nil
    ) -> LeaseID {
        newest += 1
        count += 1
        ended.forget(newest)
        let lease = Lease(number: newest, holdings: holdings, start: start, expires: expires, client: client)
        let place: UInt32
        if let reused = free.popLast() {
            place = reused
            slots[Int(place)] = lease
        } else {
            place = UInt32(slots.count)
            slots.append(lease)
        }
        expiries.insert(Expiry(time: expires, place: place, number: newest))
        if let id {
            adopted[id] = place
            adoptedIDs[place] = id
        }
        return LeaseID(nonce: nonce, number: newest, place: place)
    }

    /// - Parameter isReleased: rather than expired.
    mutating func remove(_ place: UInt32, isReleased: Bool) -> Lease? {
        guard let lease = slots[Int(place)] else { return nil }
        slots[Int(place)] = nil
        free.append(place)
        count -= 1
        if isReleased { ended.recordRelease(of: lease.number) }
        if !adoptedIDs.isEmpty, let id = adoptedIDs.removeValue(forKey: place) { adopted[id] = nil }
        // Released leases leave their expiry behind; once most are stale the heap is made anew.
        if expiries.count > 1024, expiries.count > 2 * count { dropStaleExpiries() }
        return lease
    }

    /// Leaves out numbers that may have been given to leases that nobody here knows of.
    mutating func leaveOut(_ count: UInt64) {
        for _ in 0..<count {
            newest += 1
            ended.forget(newest)
        }
    }

    func hasAdopted(_ id: LeaseID) -> Bool { adopted[id] != nil }

    mutating func renew(_ place: UInt32, until expires: Timestamp) {
        guard let number = slots[Int(place)]?.number else { return }
        slots[Int(place)]?.expires = expires
        expiries.insert(Expiry(time: expires, place: place, number: number))
    }

    /// When the first lease expires, as far as the state was brought to its time.
    var firstExpiry: Timestamp? { expiries.min?.time }

    /// No lease expires later.
    var lastExpiry: Timestamp? { expiries.max?.time }

    /// Leases that have not expired at a time. They are gone through only where one has.
    func count(at now: Timestamp) -> Int {
        guard let first = firstExpiry, first <= now else { return count }
        return count - Set(expiries.unordered.lazy.filter { $0.time <= now && isCurrent($0) }.map(\.place)).count
    }

    /// When the next lease expires, if none is renewed or released before.
    mutating func nextExpiry() -> (time: Timestamp, place: UInt32)? {
        while let expiry = expiries.min {
            if isCurrent(expiry) { return (expiry.time, expiry.place) }
            expiries.removeMin()
        }
        return nil
    }

    /// All places, some of which have no lease.
    var places: Range<Int> { slots.indices }

    /// Leases in the order of their places, from one on.
    func places(from first: UInt32) -> some Sequence<(id: LeaseID, lease: Lease)> {
        (Int(first)..<max(Int(first), slots.count)).lazy.compactMap { place in
            slots[place].map { (LeaseID(nonce: nonce, number: $0.number, place: UInt32(place)), $0) }
        }
    }

    private func isCurrent(_ expiry: Expiry) -> Bool {
        guard let lease = slots[Int(expiry.place)] else { return false }
        return lease.number == expiry.number && lease.expires == expiry.time
    }

    private mutating func dropStaleExpiries() {
        expiries = Heap(
            slots.indices.compactMap { place in
                slots[place].map { Expiry(time: $0.expires, place: UInt32(place), number: $0.number) }
            })
    }
}

extension LeaseTable: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(nonce)
        bytes.write(slots)
        bytes.write(free)
        bytes.write(ended)
        bytes.write(newest)
        bytes.write(adopted)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        nonce = try bytes.read()
        slots = try bytes.read()
        free = try bytes.read()
        ended = try bytes.read()
        newest = try bytes.read()
        adopted = try bytes.read()
        adoptedIDs = Dictionary(adopted.map { ($1, $0) }) { first, _ in first }
        count = slots.count - free.count
        dropStaleExpiries()
    }
}
