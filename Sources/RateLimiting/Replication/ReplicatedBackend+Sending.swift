import Synchronization

extension ReplicatedBackend {
    func submit(_ command: LimiterCommand) async throws -> LimiterReply? {
        try await submit([command]).first?.reply
    }

    /// Sends commands with the next batch and returns what they came to.
    ///
    /// - Throws: ``LimitLogUnavailable``, at once where the log is known to be out of reach.
    func submit(_ commands: [LimiterCommand]) async throws -> [Reply] { try await submit { _ in commands } }

    /// Says that this instance is alive.
    func appear() async throws { _ = try await submit { [signOfLife(&$0)] } }

    /// - Parameter commands: called where the log is within reach, as far as is known.
    private func submit(_ commands: (inout Shared) -> [LimiterCommand]) async throws -> [Reply] {
        try await withCheckedThrowingContinuation { continuation in
            let isAway = startSending { shared in
                guard !shared.isAway else { return }
                shared.pending.append(Pending(commands: commands(&shared)) { continuation.resume(with: $0) })
            }
            if isAway { continuation.resume(throwing: LimitLogUnavailable("it did not answer when it was last asked")) }
        }
    }

    /// Learns what others did.
    func synchronize() async throws { _ = try await submit([]) }

    /// Sends commands that have to come to the log, now or when it is back.
    ///
    /// - Parameter answer: called with what they came to.
    func enqueue(
        _ commands: [LimiterCommand], _ answer: @escaping @Sendable (Result<[Reply], any Error>) -> Void = { _ in }
    ) {
        let isAway = startSending { shared in
            let isAway = shared.isAway
            shared.pending.append(Pending(commands: commands) { if !isAway { answer($0) } })
        }
        if isAway { answer(.failure(LimitLogUnavailable("it did not answer when it was last asked"))) }
    }

    /// Asks the log again: a waiter's time has come, or it did not answer.
    func tick() {
        let isIdle = shared.withLock { shared in
            shared.isTickDue = true
            defer { shared.isSending = true }
            return !shared.isSending
        }
        if isIdle { Task { await send() } }
    }

    /// - Returns: whether the log is out of reach; it is asked again after a while then.
    private func startSending(_ change: (inout Shared) -> Void) -> Bool {
        let (isIdle, isAway) = shared.withLock { shared in
            change(&shared)
            guard !shared.isAway else { return (false, true) }
            defer { shared.isSending = true }
            return (!shared.isSending, false)
        }
        if isIdle { Task { await send() } }
        return isAway
    }

    /// One batch at a time: what comes meanwhile is gathered for the next.
    private func send() async {
        while let (pending, isTickDue) = takePending() { await exchange(pending, isTickDue: isTickDue) }
    }

    private func takePending() -> (pending: [Pending], isTickDue: Bool)? {
        shared.withLock { shared in
            guard shared.isTickDue || !shared.pending.isEmpty && !shared.isAway else {
                shared.isSending = false
                return nil
            }
            defer { (shared.pending, shared.isTickDue) = ([], false) }
            shared.sent = shared.pending
            return (shared.pending, shared.isTickDue)
        }
    }

    private func exchange(_ pending: [Pending], isTickDue: Bool) async {
        var commands = pending.flatMap(\.commands)
        // Any batch brings the time; one that brings nothing else is needed only where no other came.
        let isTick = commands.isEmpty && isTickDue
        if isTick { commands = [.advance] }
        let batch = commands.isEmpty ? nil : Replica.batch(commands, mark: .random(in: .min ... .max))
        // That the time was told is nothing to be amended.
        let doubtful = isTick ? nil : batch?.mark
        let number = shared.withLock { shared in
            shared.exchanges += 1
            shared.underWay = shared.exchanges
            return shared.exchanges
        }
        let watchdog = Task { await watch(number, doubtful) }
        defer { watchdog.cancel() }
        do {
            while true {
                try await tell()
                let position = shared.withLock { $0.replica.position }
                switch try await log.exchange(batch, after: position, on: isTick ? .newest : .always) {
                case .entries(let entries, let time):
                    return try follow(entries, time, sent: batch?.mark)
                case .dropped: try await catchUp()
                case .lost: try await restore()
                case .interrupted: try await recover()
                }
            }
        } catch {
            giveUp(number, doubtful, error)
            shared.withLock { $0.underWay = nil }
            retry()
        }
    }

    /// Tells everybody when an answer takes too long. The log is waited for all the same: what was sent may still come
    /// to it, and is amended then.
    private func watch(_ number: UInt64, _ mark: UInt64?) async {
        while true {
            let start = ContinuousClock.now
            guard (try? await Task.sleep(for: patience, tolerance: .zero)) != nil else { return }
            // A process that gets no time itself cannot tell whether the log is slow.
            if start.duration(to: .now) < patience * 2 { break }
        }
        giveUp(number, mark, LimitLogUnavailable("no answer within \(patience)"))
    }

    /// Gives an exchange up, unless it has come to its end meanwhile.
    private func giveUp(_ number: UInt64, _ mark: UInt64?, _ error: any Error) {
        let (failed, overdue) = shared.withLock {
            shared -> ([Pending], [(WaitingCallers.Continuation, WaitingCallers.Answer)]) in
            guard shared.underWay == number else { return ([], []) }
            shared.isAway = true
            if let mark { shared.unconfirmed.insert(mark) }
            let failed = shared.sent + shared.pending
            shared.sent = []
            // What others wait for is told when the log is back, and does no harm twice.
            let amends = failed.flatMap(\.commands).filter { command in
                switch command {
                case .cancel, .release: true
                default: false
                }
            }
            shared.pending = amends.isEmpty ? [] : [Pending(commands: amends) { _ in }]
            return (failed, failOverdue(&shared))
        }
        for pending in failed { pending.answer(.failure(error)) }
        for (continuation, answer) in overdue { continuation.resume(returning: answer) }
    }

    /// Waiters whose patience is over, or who can be decided about here, are not kept waiting for the log.
    private func failOverdue(_ shared: inout Shared) -> [(WaitingCallers.Continuation, WaitingCallers.Answer)] {
        let (now, isSeparate) = (shared.clock.now(), isSeparate(&shared))
        let overdue = shared.callers.awaited.filter { id in
            guard let waiter = shared.replica.state.waiters[id], isSeparate || waiter.deadline <= now else {
                return false
            }
            shared.abandoned[id] = waiter.request
            return true
        }
        guard !overdue.isEmpty else { return [] }
        shared.pending.append(Pending(commands: overdue.map { .cancel($0) }) { _ in })
        return shared.callers.fail(overdue, LimitLogUnavailable("it was out of reach for as long as they could wait"))
    }

    /// Asks again in a while that is never the same, so that instances do not come all at once.
    private func retry() {
        Task {
            try? await Task.sleep(for: .milliseconds(Int.random(in: 50...150)))
            tick()
        }
    }
}
