extension LimiterState {
    /// As they were at the latest event; nothing is gone through for them.
    var totals: LimiterTotals {
        LimiterTotals(inFlight: leases.count, waiting: waiters.count, keys: keys.count)
    }

    /// Places of leases that one page looks at; where few of them match, it ends early and says where to go on.
    private static let mostPlaces = 10_000

    /// Keys in use, in no particular order.
    func usage(_ request: ListRequest, at now: Timestamp) -> ListPage<Usage> {
        let found: [Int]
        if let host = request.host {
            found = places(of: host, role: request.role).filter { $0 >= request.cursor }.sorted()
        } else {
            found = Array(keys.places(from: request.cursor, role: request.role).prefix(request.limit + 1))
        }
        let shown = found.prefix(request.limit).map { keys[$0].key }
        var excerpt = excerpt(of: shown, at: now)
        return ListPage(
            elements: shown.compactMap { key in
                excerpt.place(of: key, at: now).map { excerpt.usage(of: excerpt.keys[$0], at: now) }
            },
            next: found.count > request.limit ? found[request.limit] : nil)
    }

    private func places(of host: String, role: String?) -> [Int] {
        (role.map { [$0] } ?? table.roles).compactMap { keys.place(of: LimitKey(host: host, role: $0)) }
    }

    /// Leases held, in no particular order.
    func leases(_ request: ListRequest, client: String?, at now: Timestamp) -> ListPage<LeaseReport> {
        let first = max(0, request.cursor)
        if let host = request.host {
            let held = Set(places(of: host, role: request.role).flatMap { keys[$0].leases }).filter { $0 >= first }
            return page(of: held.sorted(), upTo: request.limit, client: client, at: now) { _ in true }
        }
        guard first < leases.places.upperBound else { return ListPage(elements: [], next: nil) }
        let end = min(first + Self.mostPlaces, leases.places.upperBound)
        let page = page(of: UInt32(first)..<UInt32(end), upTo: request.limit, client: client, at: now) { lease in
            request.role == nil || lease.holdings.contains { request.includes(keys[$0.key].key) }
        }
        let isOver = end == leases.places.upperBound
        return ListPage(elements: page.elements, next: page.next ?? (isOver ? nil : end))
    }

    /// Those at these places that match.
    private func page(
        of places: some Sequence<UInt32>, upTo limit: Int, client: String?, at now: Timestamp,
        _ matches: (Lease) -> Bool
    ) -> ListPage<LeaseReport> {
        var elements: [LeaseReport] = []
        for place in places {
            guard let lease = leases[place], lease.expires > now, client == nil || lease.client == client,
                matches(lease), let id = leases.id(at: place)
            else { continue }
            guard elements.count < limit else { return ListPage(elements: elements, next: Int(place)) }
            elements.append(
                LeaseReport(
                    id: id,
                    claims: lease.holdings.map { AcquireRequest.Claim(key: keys[$0.key].key, weight: $0.weight) },
                    client: lease.client, start: lease.start, expires: lease.expires))
        }
        return ListPage(elements: elements, next: nil)
    }

    /// Forgets the units that have started and the multiplier; leases, bookings and pauses stay.
    ///
    /// - Returns: the keys that were reset.
    mutating func reset(_ host: String, role: String?, at now: Timestamp) -> [LimitKey] {
        advance(to: now)
        let places = places(of: host, role: role).filter { refresh($0, at: now) }
        for place in places {
            keys[place].log.forget(until: now)
            keys[place].adaptation = Adaptation()
            scaleWindows(of: place)
        }
        replan(places, at: now)
        return places.map { keys[$0].key }
    }
}
