import Synchronization

extension ReplicatedBackend {
    func submit(_ command: LimiterCommand) async throws -> LimiterReply? {
        try await submit([command]).first?.reply
    }

    /// Sends commands with the next batch and returns what they came to.
    func submit(_ commands: [LimiterCommand]) async throws -> [Reply] {
        try await withCheckedThrowingContinuation { continuation in
            enqueue(commands) { continuation.resume(with: $0) }
        }
    }

    /// Learns what others did.
    func synchronize() async throws { _ = try await submit([]) }

    /// - Parameter answer: called with what they came to.
    func enqueue(
        _ commands: [LimiterCommand], _ answer: @escaping @Sendable (Result<[Reply], any Error>) -> Void = { _ in }
    ) {
        startSending { $0.pending.append(Pending(commands: commands, answer: answer)) }
    }

    /// Lets the log say that a waiter's time has come.
    func tick() {
        startSending { $0.isTickDue = true }
    }

    private func startSending(_ change: (inout Shared) -> Void) {
        let isIdle = shared.withLock { shared in
            change(&shared)
            defer { shared.isSending = true }
            return !shared.isSending
        }
        if isIdle { Task { await send() } }
    }

    /// One batch at a time: what comes meanwhile is gathered for the next.
    private func send() async {
        while let (pending, isTickDue) = takePending() { await exchange(pending, isTickDue: isTickDue) }
    }

    private func takePending() -> (pending: [Pending], isTickDue: Bool)? {
        shared.withLock { shared in
            guard !shared.pending.isEmpty || shared.isTickDue else {
                shared.isSending = false
                return nil
            }
            defer { (shared.pending, shared.isTickDue) = ([], false) }
            return (shared.pending, shared.isTickDue)
        }
    }

    private func exchange(_ pending: [Pending], isTickDue: Bool) async {
        var commands = pending.flatMap(\.commands)
        // Any batch brings the time; one that brings nothing else is needed only where no other came.
        let isTick = commands.isEmpty && isTickDue
        if isTick { commands = [.advance] }
        let batch = commands.isEmpty ? nil : Replica.batch(commands, mark: .random(in: .min ... .max))
        do {
            while true {
                let position = shared.withLock { $0.replica.position }
                switch try await log.exchange(batch, after: position, onlyIfNewest: isTick) {
                case .entries(let entries, let time):
                    return try follow(entries, time, sent: batch?.mark, pending)
                case .dropped: try await catchUp()
                case .lost: try await restore()
                }
            }
        } catch {
            fail(pending, mark: batch?.mark, error)
        }
    }

    /// Starts from the log's checkpoint.
    private func catchUp() async throws {
        guard let checkpoint = try await log.checkpoint() else { return }
        let replica = try Replica(checkpoint)
        let continuations = shared.withLock { shared in
            shared.replica = replica
            shared.bytesSinceCheckpoint = 0
            // Those who were decided in what was dropped: nobody knows how.
            let missed = shared.callers.awaited.filter { replica.state.waiters[$0] == nil }
            return shared.callers.fail(missed, LimitLogUnavailable("its decision was missed"))
        }
        for (continuation, answer) in continuations { continuation.resume(returning: answer) }
        tableChanged.yield()
    }

    /// The log is gone, or does not reach as far as it did: this instance still knows all of it.
    private func restore() async throws {
        let checkpoint = shared.withLock { $0.replica }.checkpoint
        if try await !log.begin(with: checkpoint) { try await catchUp() }
    }

    private func fail(_ pending: [Pending], mark: UInt64?, _ error: any Error) {
        let superseded = shared.withLock { shared in
            if let mark { shared.unconfirmed.insert(mark) }
            return setAlarm(&shared, notBefore: .milliseconds(100))
        }
        superseded?.cancel()
        for pending in pending { pending.answer(.failure(error)) }
    }
}
