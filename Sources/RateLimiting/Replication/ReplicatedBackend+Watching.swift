import Synchronization

/// Nobody waits for a log that is silent. Only the log's own time is measured: from when it is asked until its answer
/// is here, not what is made of the answer, and not while this process has no time to take it.
extension ReplicatedBackend {
    /// Asks the log, and tells everybody when it takes too long. It is waited for all the same: what was sent may still
    /// come to it, and is amended then.
    func ask(
        _ batch: LogBatch?, after position: LogPosition, on condition: LogCondition
    ) async throws(LimitLogUnavailable) -> LogAnswer {
        let number = asked.add(1, ordering: .relaxed).newValue
        let watchdog = Task { await watch(number) }
        defer {
            answered.store(number, ordering: .sequentiallyConsistent)
            watchdog.cancel()
        }
        return try await log.exchange(batch, after: position, on: condition)
    }

    private func watch(_ number: UInt64) async {
        while !Task.isCancelled {
            // An answer that has come but was not taken is taken at the latest while this sleeps again for a moment; a
            // process that is not woken in time is busy itself, and cannot tell whether the log is slow.
            guard await sleepsWell(patience * 9 / 10), await sleepsWell(patience / 10) else { continue }
            return giveUp(LimitLogUnavailable("no answer within \(patience)"), unlessAnswered: number)
        }
    }

    /// Sleeps, and says whether it was woken in time.
    private func sleepsWell(_ duration: Duration) async -> Bool {
        let start = ContinuousClock.now
        guard (try? await Task.sleep(for: duration, tolerance: .zero)) != nil else { return false }
        return start.duration(to: .now) < duration * 2
    }

    /// Lets nobody wait for the exchange under way.
    ///
    /// - Parameter number: what the log was asked; if it has answered that meanwhile, nothing happens.
    func giveUp(_ error: any Error, unlessAnswered number: UInt64 = .max) {
        let (failed, overdue) = shared.withLock {
            shared -> ([Pending], [(WaitingCallers.Continuation, WaitingCallers.Answer)]) in
            guard answered.load(ordering: .sequentiallyConsistent) < number else { return ([], []) }
            shared.isAway = true
            if let mark = shared.doubtful { shared.unconfirmed.insert(mark) }
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
            guard let waiter = shared.replica.waiter(id), isSeparate || waiter.deadline <= now else {
                return false
            }
            shared.abandoned[id] = waiter.request
            return true
        }
        guard !overdue.isEmpty else { return [] }
        shared.pending.append(Pending(commands: overdue.map { .cancel($0) }) { _ in })
        return shared.callers.fail(overdue, LimitLogUnavailable("it was out of reach for as long as they could wait"))
    }
}
