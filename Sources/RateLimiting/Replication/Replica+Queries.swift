/// What is asked of a replica besides following. All of it is answered in place, and costs the same however many keys
/// there are, except ``divided(_:for:counting:spent:begin:nonce:at:)``.
extension Replica {
    var table: LimitTable { state.table }
    var instances: InstanceTable { state.instances }
    var pauses: [PauseScope: Pause] { state.pauses }

    func waiter(_ id: WaiterID) -> Waiter? { state.waiters[id] }

    /// `nil` where it has ended.
    func lease(_ id: LeaseID) -> SeparateLease? { state.separateLease(id) }

    func isRecovering(at now: Timestamp) -> Bool { state.isRecovering(at: now) }

    /// Whether others wait for what an instance knows and the log does not.
    func awaitsReport(from instance: UInt64) -> Bool { state.recovery?.awaited.contains(instance) == true }

    /// What a request takes where limits are in force.
    func units(of request: AcquireRequest, startingAt start: Timestamp) -> [UncheckedUnits] {
        state.counted(request, at: start)
    }

    /// What an acquire with `wait: client` would be answered.
    func check(_ request: AcquireRequest, at now: Timestamp) throws(AcquireError) -> Decision {
        try state.check(request, at: now)
    }

    func usage(_ request: ListRequest, at now: Timestamp) -> ListPage<Usage> { state.usage(request, at: now) }

    func leases(_ request: ListRequest, client: String?, at now: Timestamp) -> ListPage<LeaseReport> {
        state.leases(request, client: client, at: now)
    }

    func totals(at now: Timestamp) -> LimiterTotals {
        let totals = state.totals
        return LimiterTotals(inFlight: state.leases.count(at: now), waiting: totals.waiting, keys: totals.keys)
    }

    /// When something happens by itself next that somebody waits for.
    mutating func nextWake() -> Timestamp? { state.nextWake() }

    /// Decisions made for waiters since the last call.
    mutating func takeDecisions() -> [(WaiterID, Result<Decision, AcquireError>)] { state.takeDecisions() }

    /// What happened to limits since the last call.
    mutating func takeEvents() -> [LimiterEvent] { state.takeEvents() }

    /// A limiter for the share of an instance that is cut off; it copies the keys, once.
    ///
    /// - Parameters:
    ///   - id: of that instance.
    ///   - units: what it has granted and the log does not have.
    ///   - spent: what it has granted by this share before.
    ///   - begin: when the others set the share aside.
    func divided(
        _ share: Share, for id: UInt64, counting units: [UncheckedUnits], spent: [UncheckedUnits], begin: Timestamp,
        nonce: UInt64, at now: Timestamp
    ) -> LimiterState {
        var known = state
        known.count(units, at: now)
        var divided = known.divided(share, for: id, known: time, begin: begin, nonce: nonce)
        divided.count(spent, at: now)
        return divided
    }
}
