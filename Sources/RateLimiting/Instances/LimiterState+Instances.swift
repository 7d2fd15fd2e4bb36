extension LimiterState {
    /// A limiter for the share of an instance that is cut off, while what it shares limits through is out of reach.
    ///
    /// - Parameters:
    ///   - id: of that instance.
    ///   - known: the time up to which this state knows what others did.
    ///   - begin: when the others set the share aside.
    func divided(
        _ share: Share, for id: UInt64, known: Timestamp, begin: Timestamp, nonce: UInt64
    ) -> LimiterState {
        var state = LimiterState(table: table, nonce: nonce, maxWaiters: 0, maxKeys: maxKeys)
        state.portion = Portion(share)
        state.pauses = pauses
        state.unknown = .others(
            UnknownUse.Others(
                share: share, keys: keys, known: known, portion: instances.portion(besides: id), begin: begin))
        return state
    }

    /// Takes what instances that are cut off may use out of every limit, or gives it back.
    mutating func divide(at now: Timestamp) {
        let portion = instances.portion
        guard portion != self.portion else { return }
        self.portion = portion
        for place in keys.places(from: 0) where keys[place].tableVersion == table.version { scaleWindows(of: place) }
        // Before anybody starts whose time has come: what was booked may be too much now.
        replan(waiters.values.flatMap(\.slots), at: now)
        advance(to: now)
        admitReady(at: now)
    }

    /// A new key, with what may have been used of it.
    mutating func assumeUse(of place: Int, at now: Timestamp) {
        let assumed: (units: Int, start: Timestamp)?
        switch unknown {
        case .past(let past): assumed = past.units(keys[place].windows, at: now)
        case .others(let others):
            let key = keys[place].key
            if let known = others.keys.place(of: key) { keys[place].adaptation = others.keys[known].adaptation }
            scaleWindows(of: place)
            assumed = others.units(of: key, adaptedWindows(of: place), policy(at: place))
        case nil: assumed = nil
        }
        if let assumed { keys[place].write(assumed.start, weight: assumed.units) }
    }

    /// The time of the first command is when a limiter began that remembers nothing.
    mutating func begin(at now: Timestamp) {
        guard case .past(var past) = unknown, past.begun == nil else { return }
        past.begun = now
        unknown = .past(past)
    }

    /// Takes over leases that an instance gave while it was cut off, or that the log has lost. They can be ended and renewed everywhere then.
    mutating func adopt(_ leases: [SeparateLease], at now: Timestamp) {
        advance(to: now)
        for lease in leases where !self.leases.hasAdopted(lease.id) {
            let places = lease.keys.compactMap { place(of: $0, at: now) }
            let held = places.map { Holding(key: $0, weight: 0, entry: nil, seat: keys[$0].leases.count) }
            guard let first = held.first, lease.expires > now else { continue }
            let id = self.leases.insert(
                NonEmpty(first, Array(held.dropFirst())), start: lease.start, expires: lease.expires,
                client: lease.client, adopting: lease.id)
            for place in places { keys[place].leases.append(id.place) }
        }
    }

    /// All leases, for those who have to take them over.
    var separateLeases: [SeparateLease] { leases.places(from: 0).map { separate($0, $1) } }

    /// One of them; `nil` where it has ended.
    func separateLease(_ id: LeaseID) -> SeparateLease? {
        guard case .held(let place) = leases.find(id) else { return nil }
        return leases[place].map { separate(id, $0) }
    }

    private func separate(_ id: LeaseID, _ lease: Lease) -> SeparateLease {
        SeparateLease(
            id: id, keys: lease.holdings.map { keys[$0.key].key }, start: lease.start, expires: lease.expires,
            client: lease.client)
    }
}

/// A lease that an instance gave while it was cut off, or that the log has lost.
struct SeparateLease: Sendable {
    let id: LeaseID
    let keys: [LimitKey]
    let start: Timestamp
    let expires: Timestamp
    let client: String?
}

extension SeparateLease: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(id)
        bytes.write(keys)
        bytes.write(start)
        bytes.write(expires)
        bytes.write(client)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        self.init(
            id: try bytes.read(), keys: try bytes.read(), start: try bytes.read(), expires: try bytes.read(),
            client: try bytes.read())
    }
}
