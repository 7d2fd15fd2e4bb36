extension LimiterState {
    var totals: LimiterTotals {
        LimiterTotals(inFlight: leases.count, waiting: waiters.count, keys: keys.count)
    }

    /// Keys in use, in no particular order.
    mutating func usage(_ request: ListRequest, at now: Timestamp) -> ListPage<Usage> {
        advance(to: now)
        var known: [Int] = []
        if let host = request.host {
            known = (request.role.map { [$0] } ?? table.roles)
                .compactMap { keys.place(of: LimitKey(host: host, role: $0)) }
                .filter { $0 >= request.cursor }.sorted()
        } else {
            for place in keys.places(from: request.cursor) where request.includes(keys[place].key) {
                known.append(place)
                if known.count > request.limit { break }
            }
        }
        let shown = known.prefix(request.limit).filter { refresh($0, at: now) }
        return ListPage(
            elements: shown.map { usage(of: keys[$0], at: now) },
            next: known.count > request.limit ? known[request.limit] : nil)
    }

    /// Leases held, in no particular order.
    mutating func leases(_ request: ListRequest, client: String?, at now: Timestamp) -> ListPage<LeaseReport> {
        advance(to: now)
        let found = leases.places(from: UInt32(clamping: request.cursor)).lazy
            .filter { [keys] in
                (client == nil || $0.lease.client == client)
                    && $0.lease.holdings.contains { request.includes(keys[$0.key].key) }
            }
            .prefix(request.limit + 1)
        let reports = found.map { id, lease in
            LeaseReport(
                id: id,
                claims: lease.holdings.map { AcquireRequest.Claim(key: keys[$0.key].key, weight: $0.weight) },
                client: lease.client, start: lease.start, expires: lease.expires)
        }
        return ListPage(
            elements: Array(reports.prefix(request.limit)),
            next: reports.count > request.limit ? Int(reports[request.limit].id.place) : nil)
    }

    /// Forgets the units that have started and the multiplier; leases, bookings and pauses stay.
    ///
    /// - Returns: the keys that were reset.
    mutating func reset(_ host: String, role: String?, at now: Timestamp) -> [LimitKey] {
        advance(to: now)
        let places = (role.map { [$0] } ?? table.roles)
            .compactMap { keys.place(of: LimitKey(host: host, role: $0)) }
            .filter { refresh($0, at: now) }
        for place in places {
            keys[place].log.forget(until: now)
            keys[place].adaptation = Adaptation()
            scaleWindows(of: place)
        }
        replan(places, at: now)
        return places.map { keys[$0].key }
    }
}
