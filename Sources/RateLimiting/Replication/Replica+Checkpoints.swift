import Dispatch

/// Checkpoints take as long to write and to read as there are keys. That is done on threads of their own: those that run
/// tasks are few, and answer callers meanwhile.
extension Replica {
    func encoded() async -> LogCheckpoint {
        await withCheckedContinuation { continuation in
            DispatchQueue.global(qos: .utility).async { continuation.resume(returning: checkpoint) }
        }
    }

    /// - Throws: ``MalformedBytes``.
    static func reading(_ checkpoint: LogCheckpoint) async throws -> Replica {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global(qos: .utility).async {
                continuation.resume(with: Result { try Replica(checkpoint) })
            }
        }
    }
}
