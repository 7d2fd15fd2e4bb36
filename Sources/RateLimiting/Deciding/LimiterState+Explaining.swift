import DequeModule
import HeapModule
import OrderedCollections

extension LimiterState {
    private func denial(
        _ request: AcquireRequest, _ places: NonEmpty<Int>, until retryAt: Timestamp, _ violations: [Violation],
        at now: Timestamp
    ) -> Denial {
        Denial(
            decided: now, retryAt: retryAt, violations: violations, usage: usage(request, places, at: now),
            tableVersion: table.version)
    }

    /// The windows or a pause say no: the same request would pass as soon as its start comes within its bounded wait.
    func late(_ request: AcquireRequest, _ places: NonEmpty<Int>, _ prospect: Prospect, at now: Timestamp) -> Denial {
        var violations: [Violation] = []
        for index in places.indices {
            let policy = policy(at: places[index])
            guard policy.mode != .shadow else { continue }
            let limits = lateLimits(request, index, places[index], policy, after: prospect.deadline)
            violations += limits.map { Violation(key: request.claims[index].key, limit: $0) }
        }
        // A waiter whose bounded wait is partly over would pass earlier if it came again with all of it.
        let retryAt = max(now, prospect.start.advanced(by: -prospect.bound))
        return denial(request, places, until: retryAt, violations, at: now)
    }

    /// The limits of one claim that allow no start until `deadline`.
    func lateLimits(
        _ request: AcquireRequest, _ index: Int, _ place: Int, _ policy: Policy.Terms, after deadline: Timestamp
    ) -> [Violation.Limit] {
        let state = keys[place]
        var limits: [Violation.Limit] = []
        let pause = policy.mode == .off ? requestedPause(of: state.key) : state.pause
        if let pause, pause.until > deadline { limits.append(.pause(pause)) }
        guard policy.counts(request) else { return limits }
        let weight = request.claims[index].weight
        limits += state.windows.filter { state.log.bound(of: weight, under: $0) > deadline }.map { .rate($0.rate) }
        if limits.isEmpty, let newest = state.log.newest, newest > deadline {
            // Nothing but the order of arrival: an earlier booking, late because of another key, stands in front.
            let latest = state.windows.max {
                state.log.bound(of: weight, under: $0) < state.log.bound(of: weight, under: $1)
            }
            // A key without windows keeps the order too: until the booking it is as good as paused.
            limits.append(latest.map { .rate($0.rate) } ?? .pause(Pause(until: newest, reason: .byOperator)))
        }
        return limits
    }

    /// No slot in flight: the same request would pass, at the latest, when enough leases have expired.
    func crowded(_ request: AcquireRequest, _ places: NonEmpty<Int>, bound: Int64, at now: Timestamp) -> Denial {
        var violations: [Violation] = []
        var retryAt = now.advanced(by: 1)
        func require(_ limit: Violation.Limit, on key: LimitKey, below most: Int, _ ends: [Timestamp]) {
            violations.append(Violation(key: key, limit: limit))
            guard ends.count >= most, !ends.isEmpty else { return }
            let free = ends.sorted()[min(ends.count - 1, max(0, ends.count - most))]
            // Only who waits here can come before the slot is free.
            retryAt = max(retryAt, request.wait == .server ? free.advanced(by: -bound) : free)
        }
        func requireSlot(on place: Int) {
            let policy = policy(at: place)
            guard policy.mode == .enforce, let most = policy.maxConcurrent else { return }
            guard !hasSlot(place, policy) || !keys[place].queue.isEmpty else { return }
            let ends = keys[place].leases.compactMap { leases[$0]?.expires }
            require(.maxConcurrent(most), on: keys[place].key, below: portion.of(most), ends)
        }
        let limit = table.document.globalMaxInflight
        let most = portion.of(limit)
        if leases.count >= most || !ready.isEmpty {
            let ends: [Timestamp]
            if leases.count > most {
                ends = leases.places(from: 0).map(\.lease.expires)
            } else {
                // One fewer is enough, and the first to expire is known.
                ends = Array(repeating: leases.firstExpiry ?? now, count: most)
            }
            require(.globalMaxInflight(limit), on: request.claims[0].key, below: most, ends)
        }
        for place in places { requireSlot(on: place) }
        if violations.isEmpty {
            for place in placesInFront(of: places) { requireSlot(on: place) }
        }
        return denial(request, places, until: retryAt, violations, at: now)
    }

    /// The request's keys and those of all waiters in front: what one of them waits for holds up the others.
    private func placesInFront(of places: NonEmpty<Int>) -> OrderedSet<Int> {
        var found = OrderedSet(places)
        var index = 0
        while index < found.count {
            for id in keys[found[index]].queue {
                guard let waiter = waiters[id] else { continue }
                found.formUnion(waiter.places)
            }
            index += 1
        }
        return found
    }

    /// The bounded queue of a key, or that of all keys, is full.
    func tooManyWaiters(for request: AcquireRequest, _ places: NonEmpty<Int>, at now: Timestamp) -> Denial? {
        let full = places.first { keys[$0].waiting >= policy(at: $0).maxWaiters }
        guard let place = full ?? (waiters.count >= maxWaiters ? places.first : nil) else { return nil }
        let most = full.map { policy(at: $0).maxWaiters } ?? maxWaiters
        // The first of them to start leaves its place; when a slot comes free nobody knows.
        let next = keys[place].bookings.first { $0.waiter != nil }?.start ?? now
        let violation = Violation(key: keys[place].key, limit: .maxWaiters(most))
        return denial(request, places, until: max(next, now.advanced(by: 1)), [violation], at: now)
    }

    func usage(_ request: AcquireRequest, _ places: NonEmpty<Int>, at time: Timestamp) -> [Usage] {
        request.reportsUsage ? places.map { usage(of: keys[$0], at: time) } : []
    }

    func usage(of state: KeyState, at time: Timestamp) -> Usage {
        let policy = table.policies[state.policy].terms
        let windows = state.windows.map { window in
            Usage.WindowUsage(
                rate: window.rate,
                remaining: max(0, window.units - state.log.used(of: window, at: time)),
                resets: state.log.firstFree(of: window, at: time)
            )
        }
        return Usage(
            key: state.key, windows: windows, inFlight: state.leases.count, maxConcurrent: policy.maxConcurrent,
            waiting: state.waiting, mode: policy.mode, multiplier: state.adaptation.multiplier,
            pause: state.pause.flatMap { $0.until > time ? $0 : nil })
    }
}
