import Synchronization

/// An instance that is cut off goes on with its share of every limit.
///
/// It begins once the others have set the share aside: they do when the latest sign of life that it may have given is
/// ``InstanceTable/patience`` old, and it knows that time. What they may have used until then it allows for. What it
/// granted is counted before anything else is asked for, and only then do the others stop leaving its share alone.
extension ReplicatedBackend {
    /// What decides while this instance is cut off.
    struct Separation {
        let share: Share
        var state: LimiterState

        mutating func decide(_ request: AcquireRequest, at now: Timestamp) throws(AcquireError) -> Decision {
            var asked = request
            asked.wait = .client
            // Nobody is made to wait who says that the client waits.
            guard case .decided(var decision) = try state.acquire(asked, at: now) else { throw .stopping }
            decision.basis = .share(share)
            return decision
        }
    }

    /// A share ends this much before the others take it back, in microseconds: clocks drift.
    private static let margin: Int64 = 1_000_000

    /// Says that this instance is alive, and which share it wants when it is cut off.
    func signOfLife(_ shared: inout Shared) -> LimiterCommand {
        shared.stated = max(shared.stated, shared.clock.now())
        if failureMode == .local {
            shared.wanted = Share(oneOf: onFailure.instances ?? max(1, shared.replica.instances.count))
        }
        return .present(instance, at: shared.stated, share: shared.wanted)
    }

    /// Makes sure of the limiter for its share; `false` where there is none, not yet or not any more.
    private func separate(_ shared: inout Shared, at now: Timestamp) -> Bool {
        guard failureMode == .local, shared.isAway, let wanted = shared.wanted,
            let own = shared.replica.instances[instance.id], let reserved = own.share
        else { return false }
        let begin = shared.stated.advanced(by: InstanceTable.patience)
        let end = own.lastSeen.advanced(by: InstanceTable.reservation - Self.margin)
        // What others know of and this instance does not, nobody will tell it now.
        guard begin <= now, now < end, !shared.replica.isRecovering(at: now) else { return false }
        if shared.separation == nil {
            // Of the two that the others may have in mind, the smaller one.
            let share = Share(oneOf: max(wanted.parts, reserved.parts))
            // The log may have answered, and have gone away again before it was told that this instance is back: then it is
            // the same share still, and what was used of it is.
            if !own.isCutOff { shared.spent = [] }
            shared.separation = Separation(
                share: share,
                state: shared.replica.divided(
                    share, for: instance.id, counting: shared.uncounted, spent: shared.spent, begin: begin,
                    nonce: spread.nonce, at: now))
        }
        return true
    }

    /// Whether those who wait for the others' decisions had better ask here.
    func isSeparate(_ shared: inout Shared) -> Bool { separate(&shared, at: shared.clock.now()) }

    /// Decides by the share alone: all requests or, where there is no share, none. A start that is to be waited for is
    /// booked.
    ///
    /// - Throws: ``LimitLogUnavailable`` where there is no share.
    func decideSeparately(
        _ requests: [AcquireRequest]
    ) throws(LimitLogUnavailable) -> [Result<Acquisition, AcquireError>] {
        let decisions = shared.withLock { shared -> [Result<Decision, AcquireError>]? in
            let now = shared.clock.now()
            guard separate(&shared, at: now), var separation = shared.separation.take() else { return nil }
            defer { shared.separation = separation }
            return requests.map { request in
                Result { () throws(AcquireError) in
                    let decision = try separation.decide(request, at: now)
                    if case .granted(let grant) = decision {
                        let units = shared.replica.units(of: request, startingAt: grant.start)
                        shared.uncounted += units
                        shared.spent += units
                    }
                    return decision
                }
            }
        }
        guard let decisions else {
            throw LimitLogUnavailable("this instance has no share of the limits to go on with")
        }
        return zip(requests, decisions).map { request, decision in
            decision.map { decision in
                guard case .granted(let grant) = decision, request.wait == .server, grant.start > grant.asked else {
                    return .decided(decision)
                }
                return .pending(PendingAcquire { try await self.start(grant, of: request) })
            }
        }
    }

    /// Decides for one who has waited for the others already.
    func decideSeparately(_ request: AcquireRequest, after waited: Duration) async throws -> Decision {
        var rest = request
        rest.maxWaitMilliseconds = request.maxWaitMilliseconds.map { max(0, $0 - Int(waited / .milliseconds(1))) }
        switch try decideSeparately([rest])[0].get() {
        case .decided(let decision): return decision
        case .pending(let pending): return try await pending.decision()
        }
    }

    private func start(_ grant: Grant, of request: AcquireRequest) async throws -> Decision {
        let wait = shared.withLock { $0.clock.duration(until: grant.start) }
        do {
            try await Task.sleep(for: wait, tolerance: .zero)
        } catch {
            giveBackSeparately(grant, of: request)
            throw error
        }
        return .granted(grant)
    }

    /// The units stay counted for the others: that is only stricter.
    private func giveBackSeparately(_ grant: Grant, of request: AcquireRequest) {
        let isOver = shared.withLock { shared in
            let now = shared.clock.now()
            shared.separation?.state.giveBack(grant, to: request, at: now)
            return shared.separation == nil
        }
        if isOver, let lease = grant.lease { enqueue([.release(lease, unused: true)]) }
    }

    /// Does something to a lease that this instance gave while it was cut off, for as long as it is.
    func separately<Value: Sendable>(
        _ lease: LeaseID, _ body: (inout LimiterState, Timestamp) -> Value
    ) -> Value? {
        shared.withLock { shared in
            let now = shared.clock.now()
            guard case .held = shared.separation?.state.leases.find(lease), var separation = shared.separation.take()
            else { return nil }
            defer { shared.separation = separation }
            return body(&separation.state, now)
        }
    }

    /// What the share would answer; `nil` where there is none.
    func checkSeparately(_ request: AcquireRequest) throws -> Decision? {
        try shared.withLock { shared in
            let now = shared.clock.now()
            guard separate(&shared, at: now) else { return nil }
            return try shared.separation?.state.check(request, at: now)
        }
    }

    /// The log has answered: ends the separation, and hands over what it leaves behind.
    func rejoin(_ shared: inout Shared) {
        guard let separation = shared.separation.take() else { return }
        shared.orphans += separation.state.separateLeases
        let known = shared.replica.pauses
        let pauses = separation.state.pauses.sorted { $0.key < $1.key }
            .filter { $0.value.until > known[$0.key]?.until ?? shared.replica.time }
        guard !pauses.isEmpty else { return }
        shared.pending.append(Pending(commands: pauses.map { .pause($0.key, $0.value) }) { _ in })
    }
}
