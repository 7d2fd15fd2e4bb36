extension LimiterState {
    /// What an acquire with `wait: client` would be answered at a time that this state has not come to yet.
    ///
    /// Nothing is taken or changed, and only the request's own keys are looked at, however many there are. Waiters
    /// whose time has come meanwhile still stand where they stood.
    func check(_ request: AcquireRequest, at now: Timestamp) throws(AcquireError) -> Decision {
        if let denial = lackOfRoom(for: request, at: now) { return .denied(denial) }
        var excerpt = excerpt(of: request.claims.map(\.key), at: now)
        let claims: NonEmpty<ResolvedClaim>
        switch try excerpt.admit(request, at: now) {
        case .admitted(let admitted): claims = admitted
        case .denied(let denial): return .denied(denial)
        }
        let prospect = excerpt.prospect(of: request, on: claims, at: now)
        guard prospect.start <= prospect.deadline else {
            return .denied(excerpt.late(request, claims, prospect, at: now))
        }
        guard excerpt.hasSlots(for: request, on: claims), excerpt.mayBegin(request, at: now) else {
            var crowding = Crowding(request, bound: prospect.bound, at: now)
            excerpt.addFullKeys(claims.lazy.map(\.slot), to: &crowding, at: now)
            if crowding.violations.isEmpty {
                let known = request.claims.compactMap { keys.place(of: $0.key) }
                addFullKeys(placesInFront(of: known), to: &crowding, at: now)
            }
            return .denied(
                excerpt.denial(request, claims, until: crowding.retryAt, crowding.violations, at: now))
        }
        return .granted(
            Grant(
                lease: nil, asked: now, start: prospect.start, expires: nil,
                shadowed: excerpt.shadows(of: request, on: claims, at: prospect.start).compactMap(\.violation),
                usage: excerpt.usage(request, claims, at: prospect.start), tableVersion: table.version))
    }

    /// A limiter with these keys alone, without the leases on them that have expired; it costs what these cost.
    func excerpt(of claimed: [LimitKey], at now: Timestamp) -> LimiterState {
        var excerpt = LimiterState(table: table, nonce: 0, maxWaiters: maxWaiters, maxKeys: .max)
        excerpt.leases = leases
        excerpt.pauses = pauses
        excerpt.ready = ready
        excerpt.portion = portion
        excerpt.unknown = unknown
        excerpt.recovery = recovery
        let hasExpired = leases.firstExpiry.map { $0 <= now } ?? false
        for key in claimed where excerpt.keys.place(of: key) == nil {
            guard let place = keys.place(of: key) else { continue }
            var state = keys[place]
            if hasExpired { state.leases.removeAll { leases[$0].map { $0.expires <= now } ?? true } }
            _ = excerpt.keys.insert(state)
        }
        return excerpt
    }
}
