extension LimiterState {
    enum Admission {
        case admitted(NonEmpty<ResolvedClaim>)
        case denied(Denial)
    }

    /// Checks a request against the table and finds its keys.
    mutating func admit(_ request: AcquireRequest, at now: Timestamp) throws(AcquireError) -> Admission {
        guard let first = request.claims.first else { throw .noClaims }
        if keys.count + request.claims.count > maxKeys, let denial = makeRoom(for: request, at: now) {
            return .denied(denial)
        }
        var claims = NonEmpty(try admit(first, 0, at: now))
        for index in request.claims.indices.dropFirst() {
            let claim = request.claims[index]
            guard !request.claims[..<index].contains(where: { $0.key == claim.key }) else {
                throw .repeatedKey(claim: index)
            }
            claims.others.append(try admit(claim, index, at: now))
        }
        if !portion.isWhole, let denial = dividedTooFar(request, claims, at: now) { return .denied(denial) }
        return .admitted(claims)
    }

    private mutating func admit(
        _ claim: AcquireRequest.Claim, _ index: Int, at now: Timestamp
    ) throws(AcquireError) -> ResolvedClaim {
        guard claim.weight >= 1 else { throw .weightBelowOne(claim: index) }
        guard let place = place(of: claim.key, at: now) else {
            throw .unknownRole(claim: index, role: claim.key.role)
        }
        let policy = policy(at: place)
        guard claim.weight <= policy.heaviestClaim || policy.mode == .off else {
            throw .weightExceedsLimit(claim: index, key: claim.key, heaviest: policy.heaviestClaim)
        }
        return ResolvedClaim(slot: place, weight: claim.weight, origin: index)
    }

    /// Where the key is, made current with the table and the clock; `nil` when no policy knows its role.
    mutating func place(of key: LimitKey, at now: Timestamp) -> Int? {
        if let place = keys.place(of: key) {
            guard refresh(place, at: now) else { return nil }
            return place
        }
        guard let policy = table.place(of: key) else { return nil }
        var state = KeyState(
            key: key, policy: policy, tableVersion: table.version, windows: table.policies[policy].windows, turn: now)
        state.pause = pause(of: key, at: now)
        let place = keys.insert(state)
        if !portion.isWhole { scaleWindows(of: place) }
        if unknown != nil { assumeUse(of: place, at: now) }
        return place
    }

    func policy(at place: Int) -> Policy.Terms { table.policies[keys[place].policy].terms }

    /// Makes a key current; `false` when no policy knows its role any more.
    mutating func refresh(_ place: Int, at now: Timestamp) -> Bool {
        if keys[place].tableVersion != table.version {
            guard let policy = table.place(of: keys[place].key) else { return false }
            keys[place].policy = policy
            keys[place].tableVersion = table.version
            scaleWindows(of: place)
        }
        if keys[place].adaptation.due <= now { adapt(place, at: now) }
        return true
    }

    /// A claim heavier than all that is left while shares are set aside, or than a share.
    func dividedTooFar(_ request: AcquireRequest, _ claims: NonEmpty<ResolvedClaim>, at now: Timestamp) -> Denial? {
        let heavy = claims.first { claim in
            guard claim.weight > keys[claim.slot].heaviestClaim else { return false }
            let policy = policy(at: claim.slot)
            return policy.mode == .enforce && policy.counts(request)
        }
        guard let heavy else { return nil }
        let state = keys[heavy.slot]
        let smallest = state.windows.min { $0.units < $1.units }
        // Nobody knows when those come back who are cut off, so a second is a fair guess.
        return Denial(
            decided: now, retryAt: now.advanced(by: 1_000_000),
            violations: smallest.map { [Violation(key: state.key, limit: .rate($0.rate))] } ?? [],
            usage: usage(request, claims, at: now), tableVersion: table.version)
    }
}
