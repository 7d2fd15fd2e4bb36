extension LimiterState {
    /// Learns from what an upstream answered to the holder of a lease.
    ///
    /// - Parameter host: whose answer it was, where the lease is on several; `nil` is the first claim's.
    /// - Returns: `false` when the lease is not held, and so nothing is known about the request.
    mutating func report(_ outcome: UpstreamOutcome, of id: LeaseID, host: String?, at now: Timestamp) -> Bool {
        advance(to: now)
        guard case .held(let seat) = leases.find(id), let lease = leases[seat] else { return false }
        let place = lease.holdings.first { keys[$0.key].key.host == host }?.key ?? lease.holdings.first.key
        let settings = table.document.aimd
        if settings.enabled {
            _ = refresh(place, at: now)
            keys[place].adaptation.observe(
                isRefusal: outcome.isRefusal, of: lease.start, at: now, under: settings)
        }
        if let pause = outcome.pause(at: now) {
            close(PauseScope(host: keys[place].key.host), pause, at: now)
        }
        return true
    }

    /// Closes a host, or one role of it; a pause is never shortened by a later, shorter one.
    ///
    /// - Returns: the pause in force.
    @discardableResult
    mutating func pause(_ scope: PauseScope, _ pause: Pause, at now: Timestamp) -> Pause {
        advance(to: now)
        close(scope, pause, at: now)
        return pauses[scope] ?? pause
    }

    private mutating func close(_ scope: PauseScope, _ pause: Pause, at now: Timestamp) {
        let earlier = pauses[scope]
        guard pause.until > max(now, earlier?.until ?? now) else { return }
        if earlier == nil, pauses.count >= 1024 { pauses = pauses.filter { $0.value.until > now } }
        pauses[scope] = pause
        // Each answer of a burst asks for a rest; only the first one closes the host.
        if earlier.map({ $0.until <= now }) ?? true { events.append(.paused(scope, pause)) }
        refreshPauses(of: scope.host, at: now)
    }

    /// Opens a host, or one role of it, before its time.
    ///
    /// - Returns: the pauses that this ended.
    mutating func resume(_ scope: PauseScope, at now: Timestamp) -> [PauseScope: Pause] {
        advance(to: now)
        let ended = pauses.filter { entry in
            entry.key.host == scope.host && (scope.role == nil || entry.key.role == scope.role)
                && entry.value.until > now
        }
        guard !ended.isEmpty else { return [:] }
        for scope in ended.keys { pauses[scope] = nil }
        events.append(.resumed(scope))
        refreshPauses(of: scope.host, at: now)
        return ended
    }

    func pause(of key: LimitKey, at now: Timestamp) -> Pause? {
        [pauses[PauseScope(host: key.host)], pauses[PauseScope(host: key.host, role: key.role)], recovery?.pause]
            .compactMap(\.self).filter { $0.until > now }.max { $0.until < $1.until }
    }

    /// Of an operator or the upstream, over or not; not what this service takes by itself while its counts are incomplete.
    func requestedPause(of key: LimitKey) -> Pause? {
        guard !pauses.isEmpty else { return nil }
        return [pauses[PauseScope(host: key.host)], pauses[PauseScope(host: key.host, role: key.role)]]
            .compactMap(\.self).max { $0.until < $1.until }
    }

    private mutating func refreshPauses(of host: String, at now: Timestamp) {
        let places = table.roles.compactMap { keys.place(of: LimitKey(host: host, role: $0)) }
        for place in places { keys[place].pause = pause(of: keys[place].key, at: now) }
        replan(places, at: now)
    }

    /// Closes the observations of a key that have ended.
    mutating func adapt(_ place: Int, at now: Timestamp) {
        let settings = table.document.aimd
        guard settings.enabled, let change = keys[place].adaptation.settle(at: now, under: settings) else { return }
        events.append(.adjusted(keys[place].key, change))
        scaleWindows(of: place)
    }

    mutating func scaleWindows(of place: Int) {
        let windows = adaptedWindows(of: place)
        guard !portion.isWhole else { return keys[place].setWindows(windows) }
        let left = windows.map { $0.reduced(to: portion) }
        keys[place].setWindows(left, heaviestClaim: left.lazy.map(\.units).min() ?? .max)
    }

    /// The policy's windows, scaled by what the upstream answered.
    func adaptedWindows(of place: Int) -> [Window] {
        let multiplier = table.document.aimd.enabled ? keys[place].adaptation.multiplier : 1
        let windows = table.policies[keys[place].policy].windows
        return multiplier == 1 ? windows : windows.map { $0.scaled(by: multiplier) }
    }
}
