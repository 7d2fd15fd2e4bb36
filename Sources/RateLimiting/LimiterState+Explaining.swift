import OrderedCollections

extension LimiterState {
    func denial(
        _ request: AcquireRequest, at now: Timestamp, until retryAt: Timestamp, _ violations: [Violation]
    ) -> Denial {
        Denial(
            retryAt: retryAt, violations: violations, usage: usage(request, at: now), tableVersion: table.version)
    }

    /// The windows or a pause say no: the same request would pass as soon as its start comes within its bounded wait.
    func late(
        _ request: AcquireRequest, start: Timestamp, deadline: Timestamp, bound: Int64, at now: Timestamp
    ) -> Denial {
        var violations: [Violation] = []
        for claim in request.claims {
            guard let state = keys[claim.key] else { continue }
            if let pause = pauses[claim.key.host], pause > deadline {
                violations.append(Violation(key: claim.key, limit: .pause(until: pause)))
            }
            guard counts(request, claim.key) else { continue }
            for window in state.policy.windows where state.log.bound(of: claim.weight, under: window) > deadline {
                violations.append(Violation(key: claim.key, limit: .rate(window.rate)))
            }
        }
        if violations.isEmpty {
            // Nothing but the order of arrival: an earlier booking, late because of another key, stands in front.
            for claim in request.claims {
                guard let state = keys[claim.key], let newest = state.log.newest, newest > deadline else { continue }
                let latest = state.policy.windows.max {
                    state.log.bound(of: claim.weight, under: $0) < state.log.bound(of: claim.weight, under: $1)
                }
                // A key without windows keeps the order too: until the booking it is as good as paused.
                let limit = latest.map { Violation.Limit.rate($0.rate) } ?? .pause(until: newest)
                violations.append(Violation(key: claim.key, limit: limit))
            }
        }
        // A waiter whose bounded wait is partly over would pass earlier if it came again with all of it.
        return denial(request, at: now, until: max(now, start.advanced(by: -bound)), violations)
    }

    /// No slot in flight: the same request would pass, at the latest, when enough leases have expired.
    func crowded(_ request: AcquireRequest, at now: Timestamp, bound: Int64) -> Denial {
        var violations: [Violation] = []
        var retryAt = now.advanced(by: 1)
        func require(_ limit: Violation.Limit, on key: LimitKey, below most: Int, of held: some Sequence<Lease>) {
            violations.append(Violation(key: key, limit: limit))
            let ends = held.map(\.expires).sorted()
            guard ends.count >= most, !ends.isEmpty else { return }
            let free = ends[min(ends.count - 1, max(0, ends.count - most))]
            // Only who waits here can come before the slot is free.
            retryAt = max(retryAt, request.wait == .server ? free.advanced(by: -bound) : free)
        }
        if inFlight >= table.document.globalMaxInflight {
            let most = table.document.globalMaxInflight
            require(.globalMaxInflight(most), on: request.claims[0].key, below: most, of: leases.values)
        }
        func requireSlot(on key: LimitKey) {
            guard let state = keys[key], let most = state.policy.maxConcurrent else { return }
            guard state.inFlight >= most || state.waiting > 0 else { return }
            let held = leases.values.lazy.filter { $0.claims.contains { $0.key == key } }
            require(.maxConcurrent(most), on: key, below: most, of: held)
        }
        for claim in request.claims { requireSlot(on: claim.key) }
        if violations.isEmpty {
            for key in keysInFront(of: request) { requireSlot(on: key) }
        }
        return denial(request, at: now, until: retryAt, violations)
    }

    /// The request's keys and those of all waiters in front: what one of them waits for holds up the others.
    private func keysInFront(of request: AcquireRequest) -> OrderedSet<LimitKey> {
        var keys = OrderedSet(request.claims.lazy.map(\.key))
        for waiter in waiters.values.reversed() where waiter.request.claims.contains(where: { keys.contains($0.key) }) {
            keys.formUnion(waiter.request.claims.lazy.map(\.key))
        }
        return keys
    }

    func usage(_ request: AcquireRequest, at time: Timestamp) -> [Usage] {
        guard request.reportsUsage else { return [] }
        return request.claims.compactMap { claim in
            guard let state = keys[claim.key] else { return nil }
            let windows = state.policy.windows.map { window in
                Usage.WindowUsage(
                    rate: window.rate,
                    remaining: max(0, window.units - state.log.used(of: window, at: time)),
                    resets: state.log.firstFree(of: window, at: time)
                )
            }
            return Usage(key: claim.key, windows: windows, inFlight: state.inFlight)
        }
    }
}
