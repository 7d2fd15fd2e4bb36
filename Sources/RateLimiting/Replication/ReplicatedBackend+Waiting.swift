import Synchronization

extension ReplicatedBackend {
    func pending(_ caller: WaitingCallers.ID?, _ request: AcquireRequest) -> PendingAcquire {
        PendingAcquire {
            guard let caller else { throw CancellationError() }
            return try await self.decision(for: caller, request)
        }
    }

    private func decision(for caller: WaitingCallers.ID, _ request: AcquireRequest) async throws -> Decision {
        let asked = ContinuousClock.now
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let early = shared.withLock { $0.callers.wait(caller, continuation) }
                if let early { continuation.resume(returning: early) }
            }
        } onCancel: {
            leave(caller, request)
        }
        let decision: Decision
        do {
            guard let decided = try answer?.get() else { throw CancellationError() }
            decision = decided
        } catch is LimitLogUnavailable where failureMode == .allow {
            return .granted(try uncheckedGrants([request])[0].get())
        } catch is LimitLogUnavailable where failureMode == .local {
            return try await decideSeparately(request, after: asked.duration(to: .now))
        }
        // Granted and cancelled at the same moment. Under an idempotency key the caller can still come back for it.
        if Task.isCancelled, request.idempotencyKey == nil, case .granted(let grant) = decision {
            enqueue([.giveBack(grant, to: request)])
            throw CancellationError()
        }
        return decision
    }

    /// The caller is let go once its place is free. What this instance asks for afterwards comes after that.
    private func leave(_ caller: WaitingCallers.ID, _ request: AcquireRequest) {
        let (continuation, abandoned) = shared.withLock { shared in
            let left = shared.callers.leave(caller)
            if let id = left.abandoned { shared.abandoned[id] = request }
            return left
        }
        guard let abandoned else {
            continuation?.resume(returning: nil)
            return
        }
        enqueue([.cancel(abandoned)]) { _ in continuation?.resume(returning: nil) }
    }
}
