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
        shared.withLock { $0.doubtful = isTick ? nil : batch?.mark }
        do {
            while true {
                try await tell()
                let position = shared.withLock { $0.replica.position }
                switch try await ask(batch, after: position, on: isTick ? .newest : .always) {
                case .entries(let entries, let time):
                    return try follow(entries, time, sent: batch?.mark)
                case .dropped: try await catchUp()
                case .lost: try await restore()
                case .interrupted: try await recover()
                }
            }
        } catch {
            giveUp(error)
            retry()
        }
    }

    /// Asks again in a while that is never the same, so that instances do not come all at once.
    private func retry() {
        Task {
            try? await Task.sleep(for: .milliseconds(Int.random(in: 50...150)))
            tick()
        }
    }
}
