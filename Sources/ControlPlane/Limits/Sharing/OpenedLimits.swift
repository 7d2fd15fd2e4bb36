import Fetching
import LimitBackends
import Logging
import RateLimiting
import Storage

/// Limits where the `backend` part of the limits document says they are kept, ready to decide, and what they start with.
struct OpenedLimits: Sendable {
    /// Where one process decides alone, or several together.
    enum Backend: Sendable {
        case memory(MemoryBackend)
        case shared(any SharedBackend)
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
    ///   - logger: hears of a damaged file.
    ///   - report: called for what happens to limits.
    /// - Throws: ``DocumentProblems`` when the limits document cannot be accepted; ``SettingsError`` when the backend
    ///   cannot be reached; what the record of versions throws.
    static func open(
        _ settings: Settings, history: LimitsHistory, as instance: Instance, logger: Logger,
        report: @escaping @Sendable (LimiterEvent) -> Void
    ) async throws -> OpenedLimits {
        let start = try LimitsStart(settings.limits, after: try history.newest())
        let backend = start.state.effective.backend
        guard let logs = try logs(backend, settings, logger) else {
            if let unrecorded = start.unrecorded { try history.appendNow(unrecorded) }
            let memory = MemoryBackend(
                table: start.state.table, clock: ContinuousClock(), wallClock: .wallClock, learning: backend.learning,
                report: report)
            return OpenedLimits(backend: .memory(memory), start: start)
        }
        do {
            return try await join(logs, instance, start, settings.limits, history, report)
        } catch let error as LimitLogUnavailable {
            // What libpq says has several lines.
            let why = "\(error)".split(whereSeparator: \.isWhitespace).joined(separator: " ")
            throw SettingsError("backend_dsn", "the \(backend.kind) backend cannot be used: \(why)")
        } catch let error as MalformedBytes {
            throw SettingsError("backend_dsn", "the \(backend.kind) backend cannot be shared: \(error)")
        }
    }

    /// The logs of a namespace.
    private struct Logs {
        let whole: any LimitLog
        /// Those that hosts are spread over, if they are.
        var parts: [any LimitLog] = []
    }

    private static func logs(_ backend: BackendSettings, _ settings: Settings, _ logger: Logger) throws -> Logs? {
        switch backend.kind {
        case "sqlite": return Logs(whole: try file(backend.dsn, logger))
        case "postgres": return Logs(whole: try PostgresLog(backend.dsn, namespace: backend.namespace))
        case "redis":
            let address = try RedisAddress(parsing: backend.dsn)
            func log(_ part: Int?) -> RedisLog {
                RedisLog(
                    address, trusting: settings.trustedRoots.certificates, namespace: backend.namespace, part: part)
            }
            return Logs(whole: log(nil), parts: backend.logs == 1 ? [] : (0..<backend.logs).map(log))
        default: return nil
        }
    }

    private static func file(_ path: String, _ logger: Logger) throws -> SQLiteLog {
        do {
            let log = try SQLiteLog(path: path)
            log.setAside?.log(logger, "what was used of limits is forgotten")
            return log
        } catch {
            let why = StorageFault(error).map { "\($0)" } ?? "\(error)"
            throw SettingsError("backend_dsn", "the sqlite backend '\(path)' cannot be used: \(why)")
        }
    }

    /// Joins the other instances: what they have in force is the version before this instance's own word.
    private static func join(
        _ logs: Logs, _ instance: Instance, _ start: LimitsStart, _ sources: LimitSources,
        _ history: LimitsHistory,
        _ report: @escaping @Sendable (LimiterEvent) -> Void
    ) async throws -> OpenedLimits {
        let own = LimitsRecord(start.state, start.version)
        let backend = start.state.effective.backend
        let table = try own.table(start.state.effective.document)
        let shared: any SharedBackend
        if logs.parts.isEmpty {
            shared = try await ReplicatedBackend.joining(
                logs.whole, as: instance, table: table, patience: backend.patience, onFailure: backend.failurePolicy,
                learning: backend.learning, report: report)
        } else {
            shared = try await SpreadBackend.joining(
                control: logs.whole, parts: logs.parts, as: instance, table: table, patience: backend.patience,
                onFailure: backend.failurePolicy, learning: backend.learning, report: report)
        }
        while true {
            let record = try LimitsRecord(of: await shared.table())
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
