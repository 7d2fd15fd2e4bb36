import Fetching
import LimitBackends
import Logging
import RateLimiting

/// Limits where the `backend` part of the limits document says they are kept, ready to decide, and what they start with.
struct OpenedLimits: Sendable {
    /// Where one process decides alone, or several together.
    enum Backend: Sendable {
        case memory(MemoryBackend)
        case shared(ReplicatedBackend)
    }

    let backend: Backend
    let start: LimitsStart

    var limits: any LimitBackend {
        switch backend {
        case .memory(let memory): memory
        case .shared(let shared): shared
        }
    }

    /// - Parameters:
    ///   - instance: this process, as others see it.
    ///   - report: called for what happens to limits.
    /// - Throws: ``DocumentProblems`` when the limits document cannot be accepted; ``SettingsError`` when the backend
    ///   cannot be reached; what the record of versions throws.
    static func open(
        _ settings: Settings, history: LimitsHistory, as instance: Instance,
        report: @escaping @Sendable (LimiterEvent) -> Void
    ) async throws -> OpenedLimits {
        let start = try LimitsStart(settings.limits, after: try history.newest())
        let backend = start.state.effective.backend
        let log: (any LimitLog)? =
            switch backend.kind {
            case "sqlite": try SQLiteLog(path: backend.dsn)
            case "postgres": try PostgresLog(backend.dsn, namespace: backend.namespace)
            case "redis":
                RedisLog(
                    try RedisAddress(parsing: backend.dsn), trusting: settings.trustedRoots.certificates,
                    namespace: backend.namespace)
            default: nil
            }
        guard let log else {
            if let unrecorded = start.unrecorded { try history.appendNow(unrecorded) }
            let memory = MemoryBackend(
                table: start.state.table, clock: ContinuousClock(), wallClock: .wallClock, learning: backend.learning,
                report: report)
            return OpenedLimits(backend: .memory(memory), start: start)
        }
        do {
            return try await join(log, instance, start, settings.limits, history, report)
        } catch let error as LimitLogUnavailable {
            throw SettingsError("backend_dsn", "the \(backend.kind) backend cannot be used: \(error)")
        } catch let error as MalformedBytes {
            throw SettingsError("backend_dsn", "the \(backend.kind) backend cannot be shared: \(error)")
        }
    }

    /// Joins the other instances: what they have in force is the version before this instance's own word.
    private static func join(
        _ log: any LimitLog, _ instance: Instance, _ start: LimitsStart, _ sources: LimitSources,
        _ history: LimitsHistory,
        _ report: @escaping @Sendable (LimiterEvent) -> Void
    ) async throws -> OpenedLimits {
        let own = LimitsRecord(start.state, start.version)
        let shared = try await ReplicatedBackend.joining(
            log, as: instance, table: try own.table(start.state.effective.document),
            patience: start.state.effective.backend.patience,
            onFailure: start.state.effective.backend.failurePolicy,
            learning: start.state.effective.backend.learning, report: report)
        while true {
            let record = try LimitsRecord(of: shared.table())
            try history.appendNow(record)
            let start = try LimitsStart(sources, after: record)
            guard let unrecorded = start.unrecorded else {
                return OpenedLimits(backend: .shared(shared), start: start)
            }
            // Another instance may be faster; then its version comes before this one's.
            guard try await shared.apply(unrecorded.table(start.state.effective.document)) else { continue }
            try history.appendNow(unrecorded)
            return OpenedLimits(backend: .shared(shared), start: start)
        }
    }
}
