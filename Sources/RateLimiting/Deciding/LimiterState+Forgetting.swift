extension LimiterState {
    /// Microseconds that a key is kept after its windows have passed: a table with longer ones may come.
    private static let grace: Int64 = 3_600_000_000

    /// Microseconds after which a key is looked at again of which nobody can say when it will be idle.
    private static let recheck: Int64 = 1_000_000

    mutating func sweepIdleKeys(at now: Timestamp) {
        guard keys.isSweepDue else { return }
        let grace = keys.count < maxKeys / 2 ? Self.grace : 0
        keys.sweep(at: now, grace: grace) { [table, leases] in Self.end(of: &$0, table, leases, at: now) }
    }

    /// Makes room for the keys of a request that are not known yet. Hosts that the limits name need none: there are no
    /// more of them than the operator wrote down.
    ///
    /// - Returns: a denial where there is no room; the same request would pass when enough keys are idle.
    mutating func makeRoom(for request: AcquireRequest, at now: Timestamp) -> Denial? {
        let strangers = strangers(in: request)
        guard let first = strangers.first else { return nil }
        let retryAt = keys.makeRoom(
            for: keys.count + strangers.count - maxKeys, besides: request.claims.map(\.key), at: now
        ) { [table, leases] in
            Self.end(of: &$0, table, leases, at: now)
        }
        return retryAt.map { full(first, until: $0, at: now) }
    }

    /// The same for a request that is only checked: nothing is dropped for it, and it is let pass where nobody knows
    /// without going through many keys.
    func lackOfRoom(for request: AcquireRequest, at now: Timestamp) -> Denial? {
        guard keys.count + request.claims.count > maxKeys else { return nil }
        let strangers = strangers(in: request)
        guard let first = strangers.first else { return nil }
        let retryAt = keys.nextRoom(
            for: keys.count + strangers.count - maxKeys, besides: request.claims.map(\.key), at: now
        ) { state in
            var state = state
            return Self.end(of: &state, table, leases, at: now)
        }
        return retryAt.map { full(first, until: $0, at: now) }
    }

    /// Keys that are not known and need room.
    private func strangers(in request: AcquireRequest) -> [LimitKey] {
        request.claims.map(\.key).filter {
            keys.place(of: $0) == nil && table.document.hosts[$0.host] == nil && table.place(of: $0) != nil
        }
    }

    private func full(_ key: LimitKey, until retryAt: Timestamp, at now: Timestamp) -> Denial {
        Denial(
            decided: now, retryAt: max(retryAt, now.advanced(by: 1)),
            violations: [Violation(key: key, limit: .maxKeys(maxKeys))], usage: [], tableVersion: table.version)
    }

    /// When nothing is lost any more by forgetting a key, if it is not used again.
    private static func end(
        of state: inout KeyState, _ table: LimitTable, _ leases: LeaseTable, at now: Timestamp
    ) -> Timestamp {
        guard state.waiting == 0 else { return now.advanced(by: recheck) }
        var end = state.pause?.until ?? Timestamp(microseconds: .min)
        for lease in state.leases { end = max(end, leases[lease]?.expires ?? end) }
        _ = state.adaptation.settle(at: now, under: table.document.aimd)
        if !state.adaptation.isFresh { end = max(end, min(state.adaptation.due, now.advanced(by: grace))) }
        guard let newest = state.log.newest, let policy = table.place(of: state.key) else { return end }
        // By the windows in force: those of the key's last use may look back less far.
        let longest = table.policies[policy].windows.lazy.map(\.interval).max() ?? 0
        return max(end, newest.advanced(by: longest))
    }
}
