import Synchronization

/// What this instance knows and the log does not comes to the log before anything else is asked for.
extension ReplicatedBackend {
    /// What is to be told, and how much of it there was.
    private struct News {
        var commands: [LimiterCommand] = []
        var units = 0
        var leases = 0
    }

    /// Whether others wait for what this instance has to tell.
    func hasNews(_ shared: Shared) -> Bool { mustReturn(shared) || isAwaited(shared) }

    /// Whether the others leave it a share, or do not know of leases that it gave.
    private func mustReturn(_ shared: Shared) -> Bool {
        shared.separation == nil
            && (!shared.orphans.isEmpty || shared.replica.instances[instance.id]?.isCutOff == true)
    }

    private func isAwaited(_ shared: Shared) -> Bool {
        shared.separation == nil && shared.replica.awaitsReport(from: instance.id)
    }

    private func gatherNews(_ shared: inout Shared) -> News {
        var news = News()
        if !shared.uncounted.isEmpty {
            news.commands.append(.count(shared.uncounted))
            news.units = shared.uncounted.count
        }
        if mustReturn(shared) {
            shared.stated = max(shared.stated, shared.clock.now())
            news.commands.append(.returned(instance, at: shared.stated, shared.orphans))
            news.leases = shared.orphans.count
        }
        if isAwaited(shared) { news.commands.append(.recounted(instance.id)) }
        return news
    }

    /// Tells all that the log does not have.
    func tell() async throws {
        while true {
            let (news, position) = shared.withLock { (gatherNews(&$0), $0.replica.position) }
            if news.commands.isEmpty { return }
            let batch = Replica.batch(news.commands, mark: .random(in: .min ... .max))
            switch try await ask(batch, after: position, on: .always) {
            case .entries(let entries, let time):
                shared.withLock { shared in
                    shared.uncounted.removeFirst(news.units)
                    shared.orphans.removeFirst(news.leases)
                }
                try follow(entries, time, sent: batch.mark, isOwnAffair: true)
            case .dropped: try await catchUp()
            case .lost: try await restore()
            case .interrupted: try await recover()
            }
        }
    }

    /// Starts from the log's checkpoint.
    func catchUp() async throws {
        guard let checkpoint = try await log.checkpoint() else { return }
        let replica = try await Replica.reading(checkpoint)
        let continuations = shared.withLock { shared in
            // Begun anew by another instance, which may not have known of all that was granted here.
            let unknown = shared.granted.filter { !replica.includes($0.position) }
            shared.granted.removeAll { !replica.includes($0.position) }
            shared.uncounted += unknown.flatMap(\.units)
            shared.orphans += unknown.compactMap { $0.lease.flatMap(shared.replica.lease) }
            shared.replica = replica
            shared.bytesSinceCheckpoint = 0
            shared.requests = shared.requests.filter { replica.waiter($0.key) != nil }
            shared.abandoned = shared.abandoned.filter { replica.waiter($0.key) != nil }
            // Those who were decided in what was dropped: nobody knows how.
            let missed = shared.callers.awaited.filter { replica.waiter($0) == nil }
            return shared.callers.fail(missed, LimitLogUnavailable("its decision was missed"))
        }
        for (continuation, answer) in continuations { continuation.resume(returning: answer) }
        tableChanged.yield()
    }

    /// The log is gone, or does not reach as far as it did: this instance still knows all of it.
    func restore() async throws {
        let replica = shared.withLock { shared in
            shared.replica.beginAnew()
            return shared.replica
        }
        let checkpoint = await replica.encoded()
        if try await !log.begin(with: checkpoint) { try await catchUp() }
    }

    /// The log may have been set back: whoever was ahead of where it is now will say so.
    func recover() async throws {
        let (awaited, position) = shared.withLock { ($0.replica.instances.lately, $0.replica.position) }
        let batch = Replica.batch([.recover(awaited)], mark: .random(in: .min ... .max))
        switch try await ask(batch, after: position, on: .interrupted) {
        case .entries(let entries, let time): try follow(entries, time, sent: batch.mark, isOwnAffair: true)
        case .dropped: try await catchUp()
        case .lost: try await restore()
        case .interrupted: break
        }
    }
}
