import Synchronization

extension ReplicatedBackend {
    /// Follows the log until it is cancelled, so that waiters are woken by what other instances do and limits follow.
    package func run() async {
        let interval: Duration = failureMode == .local ? .milliseconds(400) : .seconds(1)
        var heard = ContinuousClock.now
        while !Task.isCancelled {
            do {
                try await log.news(after: shared.withLock { $0.replica.position })
                // A sign of life now and then; the news go with it.
                let isDue = heard.duration(to: .now) >= interval && !shared.withLock(\.isStopping)
                if isDue {
                    try await appear()
                    heard = .now
                } else {
                    try await synchronize()
                }
            } catch {
                try? await Task.sleep(for: .milliseconds(100))
                // It may be another log by now that waits for what this instance knows.
                try? await synchronize()
            }
        }
    }

    /// What is left to do once the lock is let go.
    private struct Consequences {
        var answers: [(Pending, [Reply])] = []
        var resumptions: [(WaitingCallers.Continuation, WaitingCallers.Answer)] = []
        var amends: [LimiterCommand] = []
        var events: [LimiterEvent] = []
        var superseded: Task<Void, Never>?
        var checkpoint: Replica?
        var hasOtherTable = false
    }

    /// Brings the replica up to what the log has, and answers those whose batch this was.
    ///
    /// - Parameter isOwnAffair: whether what was sent comes before anything else, and those who wait for replies go on
    ///   waiting.
    /// - Throws: ``MalformedBytes`` where another version of Weir has joined.
    func follow(_ entries: [LogEntry], _ time: Timestamp, sent mark: UInt64?, isOwnAffair: Bool = false) throws {
        var consequences = Consequences()
        let failure = shared.withLock { shared -> (error: MalformedBytes, unanswered: [Pending])? in
            let version = shared.replica.table.version
            defer { consequences.hasOtherTable = shared.replica.table.version != version }
            shared.clock.set(time)
            shared.isAway = false
            let pending = isOwnAffair ? [] : shared.sent
            if !isOwnAffair { shared.sent = [] }
            // Those who sent it may have been told already that there was no answer.
            let mark = mark.flatMap { shared.unconfirmed.contains($0) ? nil : $0 }
            do throws(MalformedBytes) {
                for entry in entries {
                    let results = try shared.replica.follow(entry)
                    let isOwn = entry.position.mark == mark
                    if isOwn {
                        if isOwnAffair {
                            for case (.count(let units), _) in results { note(units, nil, &shared) }
                        } else {
                            answer(pending, results.map(\.1), &shared, &consequences)
                        }
                    } else {
                        observe(results, of: entry.position.mark, &shared, &consequences)
                    }
                    count(entry, isOwn: isOwn, &shared, &consequences)
                }
                // Nothing of theirs was appended, or only the time.
                if entries.last?.position.mark != mark || mark == nil { answer(pending, [], &shared, &consequences) }
                rejoin(&shared)
                // Before whatever is sent next.
                if !isOwnAffair, hasNews(shared) { shared.pending.append(Pending(commands: []) { _ in }) }
                return nil
            } catch {
                shared.isAway = true
                return (error, pending)
            }
        }
        if let failure {
            for pending in failure.unanswered { pending.answer(.failure(LimitLogUnavailable("\(failure.error)"))) }
            throw failure.error
        }
        shared.withLock { finish(&$0, &consequences) }
        carryOut(consequences)
    }

    private func answer(
        _ pending: [Pending], _ replies: [LimiterReply], _ shared: inout Shared, _ consequences: inout Consequences
    ) {
        var rest = replies[...]
        for pending in pending {
            let replies = rest.prefix(pending.commands.count)
            rest = rest.dropFirst(pending.commands.count)
            for (command, reply) in zip(pending.commands, replies) {
                switch (command, reply) {
                case (.cancel(let id), .cancelled(true)): (shared.abandoned[id], shared.requests[id]) = (nil, nil)
                case (.acquire(let request, _), .acquired(.success(.decided(.granted(let grant))))):
                    note(grant, to: request, &shared)
                case (.acquire(let request, _), .acquired(.success(.waiting(let id)))):
                    shared.requests[id] = request
                default: break
                }
            }
            let entered = replies.map { reply in
                guard case .acquired(.success(.waiting(let id))) = reply else { return Reply(reply: reply) }
                return Reply(reply: reply, caller: shared.callers.enter(id))
            }
            consequences.answers.append((pending, entered))
        }
    }

    /// Remembers what was granted here, for a log that is begun anew without it.
    private func note(_ grant: Grant, to request: AcquireRequest, _ shared: inout Shared) {
        note(shared.replica.units(of: request, startingAt: grant.start), grant.lease, &shared)
    }

    private func note(_ units: [UncheckedUnits], _ lease: LeaseID?, _ shared: inout Shared) {
        shared.granted.append((shared.replica.position, units, lease))
        if shared.granted.count > Self.mostRemembered { shared.granted.removeFirst() }
    }

    private static let mostRemembered = 32_768

    /// What other instances did, or this one without having learnt of it.
    private func observe(
        _ results: [(LimiterCommand, LimiterReply)], of mark: UInt64, _ shared: inout Shared,
        _ consequences: inout Consequences
    ) {
        let isForgotten = shared.unconfirmed.remove(mark) != nil
        for (command, reply) in results {
            switch (command, reply) {
            case (.acquire(let request, _), .acquired(.success(.decided(.granted(let grant))))) where isForgotten:
                consequences.amends.append(.giveBack(grant, to: request))
            case (.acquire(let request, _), .acquired(.success(.waiting(let id)))) where isForgotten:
                shared.abandoned[id] = request
                consequences.amends.append(.cancel(id))
            case (.cancel(let id), .cancelled(true)):
                // Another instance's caller waited under the same idempotency key, and has gone.
                let error = LimitLogUnavailable("cancelled under the same idempotency key")
                consequences.resumptions += shared.callers.fail([id], error)
            default: break
            }
        }
    }

    private func count(
        _ entry: LogEntry, isOwn: Bool, _ shared: inout Shared, _ consequences: inout Consequences
    ) {
        shared.bytesSinceCheckpoint += entry.bytes.count
        guard shared.bytesSinceCheckpoint > max(Self.checkpointBytes, shared.bytesOfCheckpoint) else { return }
        shared.bytesSinceCheckpoint = 0
        // All instances count alike; the one whose batch it is leaves the checkpoint.
        if isOwn { consequences.checkpoint = shared.replica }
    }

    /// Bytes of batches after which a checkpoint is due; more where the checkpoint itself is larger.
    static let checkpointBytes = 1 << 20

    private func finish(_ shared: inout Shared, _ consequences: inout Consequences) {
        let decisions = shared.replica.takeDecisions()
        for (id, decision) in decisions {
            let asked = shared.requests.removeValue(forKey: id)
            guard case .success(.granted(let grant)) = decision else {
                shared.abandoned[id] = nil
                continue
            }
            if let request = shared.abandoned.removeValue(forKey: id) {
                consequences.amends.append(.giveBack(grant, to: request))
            } else if let asked {
                note(grant, to: asked, &shared)
            }
        }
        consequences.resumptions += shared.callers.meet(decisions)
        consequences.events = shared.replica.takeEvents()
        consequences.superseded = setAlarm(&shared)
    }

    private func carryOut(_ consequences: Consequences) {
        consequences.superseded?.cancel()
        for (pending, replies) in consequences.answers { pending.answer(.success(replies)) }
        for (continuation, answer) in consequences.resumptions { continuation.resume(returning: answer) }
        for event in consequences.events { report(event) }
        if consequences.hasOtherTable { tableChanged.yield() }
        if !consequences.amends.isEmpty { enqueue(consequences.amends) }
        if let replica = consequences.checkpoint {
            Task {
                let checkpoint = await replica.encoded()
                shared.withLock { $0.bytesOfCheckpoint = checkpoint.bytes.count }
                // One that cannot be left now is left when the next is due.
                try? await log.leave(checkpoint)
            }
        }
    }

    /// One alarm serves all waiters. Every instance that has waiters asks for the time then: the first one appends it.
    ///
    /// - Returns: the task of the alarm that is no longer needed.
    private func setAlarm(_ shared: inout Shared) -> Task<Void, Never>? {
        guard !shared.callers.isEmpty, let next = shared.replica.nextWake() else { return nil }
        guard shared.alarm.map({ next < $0.time }) ?? true else { return nil }
        let wait = shared.clock.duration(until: next)
        let task = Task {
            guard (try? await Task.sleep(for: wait, tolerance: .zero)) != nil else { return }
            self.shared.withLock { if $0.alarm?.time == next { $0.alarm = nil } }
            tick()
        }
        defer { shared.alarm = Alarm(time: next, task: task) }
        return shared.alarm?.task
    }
}
