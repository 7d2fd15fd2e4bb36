import HeapModule

extension LimiterState {
    enum Attempt {
        case started(Timestamp)
        /// The windows allow no start in time.
        case late(Denial)
        /// The windows would allow a start, but no slot in flight is free.
        case full
    }

    /// Checks the request against the table and returns how long it may wait, in microseconds.
    mutating func admit(_ request: AcquireRequest, at now: Timestamp) throws(AcquireError) -> Int64 {
        guard !request.claims.isEmpty else { throw .noClaims }
        if keys.count >= sweepAt { dropIdleKeys(at: now) }
        var bound = request.maxWaitMilliseconds ?? .max
        for (index, claim) in request.claims.enumerated() {
            guard claim.weight >= 1 else { throw .weightBelowOne(claim: index) }
            guard !request.claims[..<index].contains(where: { $0.key == claim.key }) else {
                throw .repeatedKey(claim: index)
            }
            guard let policy = refresh(claim.key) else { throw .unknownRole(claim: index, role: claim.key.role) }
            guard claim.weight <= policy.heaviestClaim else {
                throw .weightExceedsLimit(claim: index, key: claim.key, heaviest: policy.heaviestClaim)
            }
            bound = min(bound, policy.maxDelayMilliseconds)
        }
        return Int64(max(0, bound)) * 1000
    }

    /// The key's policy under the table in force, made current if the table has changed since its last use.
    @discardableResult
    mutating func refresh(_ key: LimitKey) -> Policy? {
        if let state = keys[key], state.tableVersion == table.version { return state.policy }
        guard let policy = table.policy(for: key) else { return nil }
        keys[key, default: KeyState(policy: policy, tableVersion: table.version)].policy = policy
        keys[key]?.tableVersion = table.version
        return policy
    }

    func counts(_ request: AcquireRequest, _ key: LimitKey) -> Bool {
        !request.isHead || keys[key]?.policy.countHead == true
    }

    func attempt(
        _ request: AcquireRequest, at now: Timestamp, deadline: Timestamp, bound: Int64
    ) -> Attempt {
        var start = now
        for claim in request.claims {
            guard let state = keys[claim.key] else { continue }
            if counts(request, claim.key) {
                start = max(
                    start, state.log.earliestStart(of: claim.weight, under: state.policy.windows, at: now))
            }
            if let pause = pauses[claim.key.host] { start = max(start, pause) }
        }
        if start > deadline {
            return .late(late(request, start: start, deadline: deadline, bound: bound, at: now))
        }
        return hasRoom(request) ? .started(start) : .full
    }

    private func hasRoom(_ request: AcquireRequest) -> Bool {
        guard request.hold else { return true }
        return inFlight < table.document.globalMaxInflight
            && request.claims.allSatisfy { claim in
                guard let state = keys[claim.key], let most = state.policy.maxConcurrent else { return true }
                return state.inFlight < most
            }
    }

    mutating func take(_ request: AcquireRequest, _ start: Timestamp) -> Grant {
        let taken = request.claims.filter { counts(request, $0.key) }
        for claim in taken {
            if let reach = keys[claim.key]?.policy.reach {
                keys[claim.key]?.log.append(start, weight: claim.weight, reaching: reach)
            }
        }
        var id: LeaseID?
        var expires: Timestamp?
        if request.hold {
            let end = start.advanced(by: Int64(request.leaseTTLMilliseconds) * 1000)
            leases[nextLease] = Lease(claims: request.claims, taken: taken, start: start, expires: end)
            expiries.insert(Expiry(time: end, lease: nextLease))
            id = LeaseID(nonce: nonce, number: nextLease)
            expires = end
            nextLease += 1
            inFlight += 1
            for claim in request.claims { keys[claim.key]?.inFlight += 1 }
        }
        return Grant(
            lease: id, start: start, expires: expires, usage: usage(request, at: start), tableVersion: table.version,
            taken: taken)
    }

    mutating func expireLeases(at now: Timestamp) {
        var expired = false
        while let expiry = expiries.min, expiry.time <= now {
            expiries.removeMin()
            guard let lease = leases[expiry.lease] else { continue }
            end(expiry.lease, lease)
            expired = true
        }
        if expired { admitWaiters(at: now) }
    }

    mutating func end(_ number: UInt64, _ lease: Lease) {
        leases[number] = nil
        // Released leases leave their expiry behind; once most are stale the heap is made anew.
        if expiries.count > 1024, expiries.count > 2 * leases.count {
            expiries = Heap(leases.map { Expiry(time: $0.value.expires, lease: $0.key) })
        }
        inFlight -= 1
        for claim in lease.claims { keys[claim.key]?.inFlight -= 1 }
    }

    private mutating func dropIdleKeys(at now: Timestamp) {
        // By the windows in force: those of a key's last use may look back less far.
        for key in keys.keys { refresh(key) }
        keys = keys.filter { _, state in
            guard state.inFlight == 0, state.waiting == 0 else { return true }
            guard let newest = state.log.newest else { return false }
            return state.policy.windows.contains { newest.advanced(by: $0.interval) > now }
        }
        sweepAt = max(1024, keys.count * 2)
    }
}
