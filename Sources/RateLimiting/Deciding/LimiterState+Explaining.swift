import DequeModule
import HeapModule
import OrderedCollections

extension LimiterState {
    func denial(
        _ request: AcquireRequest, _ claims: NonEmpty<ResolvedClaim>, until retryAt: Timestamp,
        _ violations: [Violation], at now: Timestamp
    ) -> Denial {
        Denial(
            decided: now, retryAt: retryAt, violations: violations, usage: usage(request, claims, at: now),
            tableVersion: table.version)
    }

    /// The windows or a pause say no: the same request would pass as soon as its start comes within its bounded wait.
    func late(
        _ request: AcquireRequest, _ claims: NonEmpty<ResolvedClaim>, _ prospect: Prospect, at now: Timestamp
    ) -> Denial {
        var violations: [Violation] = []
        for claim in claims {
            let policy = policy(at: claim.slot)
            guard policy.mode != .shadow else { continue }
            let limits = lateLimits(request, claim, policy, after: prospect.deadline)
            violations += limits.map { Violation(key: keys[claim.slot].key, limit: $0) }
        }
        // A waiter whose bounded wait is partly over would pass earlier if it came again with all of it.
        let retryAt = max(now, prospect.start.advanced(by: -prospect.bound))
        return denial(request, claims, until: retryAt, violations, at: now)
    }

    /// The limits of one claim that allow no start until `deadline`.
    func lateLimits(
        _ request: AcquireRequest, _ claim: ResolvedClaim, _ policy: Policy.Terms, after deadline: Timestamp
    ) -> [Violation.Limit] {
        let state = keys[claim.slot]
        var limits: [Violation.Limit] = []
        let pause = policy.mode == .off ? requestedPause(of: state.key) : state.pause
        if let pause, pause.until > deadline { limits.append(.pause(pause)) }
        guard policy.counts(request) else { return limits }
        let weight = claim.weight
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

    /// Limits that have no free slot, and a time at which a request would pass at the latest.
    struct Crowding {
        let request: AcquireRequest
        /// How long it may wait, in microseconds.
        let bound: Int64
        var violations: [Violation] = []
        var retryAt: Timestamp

        init(_ request: AcquireRequest, bound: Int64, at now: Timestamp) {
            self.request = request
            self.bound = bound
            retryAt = now.advanced(by: 1)
        }

        /// - Parameter free: when there is a slot at the latest; `nil` where nobody knows.
        mutating func add(_ limit: Violation.Limit, of key: LimitKey, free: Timestamp?) {
            violations.append(Violation(key: key, limit: limit))
            guard let free else { return }
            // Only who waits here can come before the slot is free.
            retryAt = max(retryAt, request.wait == .server ? free.advanced(by: -bound) : free)
        }
    }

    /// No slot in flight: the same request would pass, at the latest, when enough leases have expired.
    func crowded(
        _ request: AcquireRequest, _ claims: NonEmpty<ResolvedClaim>, bound: Int64, at now: Timestamp
    ) -> Denial {
        let places = claims.lazy.map(\.slot)
        var crowding = Crowding(request, bound: bound, at: now)
        addFullKeys(places, to: &crowding, at: now)
        if crowding.violations.isEmpty { addFullKeys(placesInFront(of: places), to: &crowding, at: now) }
        return denial(request, claims, until: crowding.retryAt, crowding.violations, at: now)
    }

    /// The limit over all keys, and those of some keys, as far as they have no slot.
    func addFullKeys(_ places: some Sequence<Int>, to crowding: inout Crowding, at now: Timestamp) {
        let limit = table.document.globalMaxInflight
        let most = portion.of(limit)
        let held = leases.count(at: now)
        if crowding.violations.isEmpty, held >= most || !ready.isEmpty {
            // Where one lease fewer is enough, the first one to expire is known; where more are too many, the last one.
            let free = held > most ? leases.lastExpiry : leases.firstExpiry ?? now
            crowding.add(.globalMaxInflight(limit), of: crowding.request.claims[0].key, free: free)
        }
        for place in places {
            let policy = policy(at: place)
            guard policy.mode == .enforce, let limit = policy.maxConcurrent else { continue }
            guard !hasSlot(place, policy) || !keys[place].queue.isEmpty else { continue }
            let most = portion.of(limit)
            let ends = keys[place].leases.compactMap { leases[$0]?.expires }
            let isFull = ends.count >= most && !ends.isEmpty
            crowding.add(
                .maxConcurrent(limit), of: keys[place].key,
                free: isFull ? ends.sorted()[min(ends.count - 1, ends.count - most)] : nil)
        }
    }

    /// The request's keys and those of all waiters in front: what one of them waits for holds up the others.
    func placesInFront(of places: some Sequence<Int>) -> OrderedSet<Int> {
        var found = OrderedSet(places)
        var index = 0
        while index < found.count {
            for id in keys[found[index]].queue {
                guard let waiter = waiters[id] else { continue }
                found.formUnion(waiter.slots)
            }
            index += 1
        }
        return found
    }

    /// The bounded queue of a key, or that of all keys, is full.
    func tooManyWaiters(
        for request: AcquireRequest, _ claims: NonEmpty<ResolvedClaim>, at now: Timestamp
    ) -> Denial? {
        let full = claims.lazy.map(\.slot).first { keys[$0].waiting >= policy(at: $0).maxWaiters }
        guard let place = full ?? (waiters.count >= maxWaiters ? claims.first.slot : nil) else { return nil }
        let most = full.map { policy(at: $0).maxWaiters } ?? maxWaiters
        // The first of them to start leaves its place; when a slot comes free nobody knows.
        let next = keys[place].bookings.first { $0.waiter != nil }?.start ?? now
        let violation = Violation(key: keys[place].key, limit: .maxWaiters(most))
        return denial(request, claims, until: max(next, now.advanced(by: 1)), [violation], at: now)
    }

    func usage(_ request: AcquireRequest, _ claims: NonEmpty<ResolvedClaim>, at time: Timestamp) -> [Usage] {
        request.reportsUsage ? claims.map { usage(of: keys[$0.slot], at: time) } : []
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
