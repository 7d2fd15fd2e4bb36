/// Something that is done to a limiter, as a value.
///
/// A limiter is a deterministic machine: the same commands in the same order, at the same times, bring every replica of
/// it to the same state and to the same decisions (Schneider, "Implementing fault-tolerant services using the state
/// machine approach", 1990). So limits can be shared by sharing nothing but the order of commands.
enum LimiterCommand: Sendable {
    /// - Parameter mayWait: `false` where whoever asks is stopping, and can make nobody wait.
    case acquire(AcquireRequest, mayWait: Bool)
    case cancel(WaiterID)
    /// Units without a lease, whose caller has gone without having seen its grant.
    case giveBack(AcquireRequest, start: Timestamp)
    case release(LeaseID, unused: Bool)
    /// - Parameter timeToLive: microseconds.
    case renew(LeaseID, timeToLive: Int64)
    case report(UpstreamOutcome, LeaseID, host: String?)
    case reset(host: String, role: String?)
    case pause(PauseScope, Pause)
    case resume(PauseScope)
    case apply(LimitTable)
    /// Units that were granted while nobody could decide.
    case count([UncheckedUnits])
    /// An instance was alive at a time, and has this share when it is cut off.
    case present(Instance, at: Timestamp, share: Share?)
    /// An instance that was cut off has told what it granted meanwhile, and hands over the leases.
    case returned(Instance, at: Timestamp, [SeparateLease])
    /// An instance has stopped.
    case left(UInt64)
    /// The log may lack what was granted last: these instances may know of it.
    case recover([UInt64])
    /// An instance has counted all that it knows of.
    case recounted(UInt64)
    /// Nothing but the passing of time.
    case advance
}

extension LimiterCommand {
    /// Gives back what a caller was granted who has gone without having seen it.
    static func giveBack(_ grant: Grant, to request: AcquireRequest) -> LimiterCommand {
        grant.lease.map { .release($0, unused: true) } ?? .giveBack(request, start: grant.start)
    }
}

/// What a command came to.
enum LimiterReply: Sendable {
    case acquired(Result<LimiterState.Outcome, AcquireError>)
    case cancelled(Bool)
    case released(ReleaseResult)
    case renewed(RenewResult)
    case reported(Bool)
    case reset([LimitKey])
    case paused(Pause)
    case resumed([PauseScope: Pause])
    case applied(Bool)
    case done
}

extension LimiterState {
    mutating func perform(_ command: LimiterCommand, at now: Timestamp) -> LimiterReply {
        begin(at: now)
        settleRecovery(at: now)
        if instances.settle(at: now) { divide(at: now) }
        switch command {
        case .acquire(let request, let mayWait):
            isStopping = !mayWait
            defer { isStopping = false }
            return .acquired(Result { () throws(AcquireError) in try acquire(request, at: now) })
        case .cancel(let id): return .cancelled(cancel(id, at: now))
        case .giveBack(let request, let start):
            giveBack(unitsOf: request, startedAt: start, at: now)
            return .done
        case .release(let lease, let unused): return .released(release(lease, unused: unused, at: now))
        case .renew(let lease, let timeToLive): return .renewed(renew(lease, timeToLive: timeToLive, at: now))
        case .report(let outcome, let lease, let host):
            return .reported(report(outcome, of: lease, host: host, at: now))
        case .reset(let host, let role): return .reset(reset(host, role: role, at: now))
        case .pause(let scope, let pause): return .paused(self.pause(scope, pause, at: now))
        case .resume(let scope): return .resumed(resume(scope, at: now))
        case .apply(let table):
            guard table.version > self.table.version else { return .applied(false) }
            apply(table, at: now)
            return .applied(true)
        case .count(let units):
            count(units, at: now)
            return .done
        case .present(let instance, let time, let share):
            instances.heard(instance, at: time, share: share, now: now)
            divide(at: now)
            return .done
        case .returned(let instance, let time, let leases):
            adopt(leases, at: now)
            instances.returned(instance, at: time, now: now)
            divide(at: now)
            return .done
        case .left(let id):
            instances.left(id)
            divide(at: now)
            recounted(by: id, at: now)
            return .done
        case .recover(let awaited):
            recover(awaited)
            return .done
        case .recounted(let id):
            advance(to: now)
            recounted(by: id, at: now)
            return .done
        case .advance:
            advance(to: now)
            return .done
        }
    }
}
