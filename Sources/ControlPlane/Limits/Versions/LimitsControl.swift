import Fetching
import Logging
import Metrics
import RateLimiting

/// Changes limits while the service runs: one change after the other, each durable before it is in force, and in force
/// as a whole or not at all.
actor LimitsControl {
    /// What became of the last attempt to read the file again.
    struct Reload: Sendable {
        let at: Timestamp
        let source: LimitsCause.Source
        /// Empty when it succeeded.
        let problems: [DocumentProblem]
    }

    /// The limits are not at the version that a change was made from.
    struct VersionMismatch: Error {
        let current: Int
    }

    /// No such version is on record.
    struct UnknownVersion: Error {
        let number: Int
    }

    private(set) var state: LimitsState
    /// The version in force.
    private(set) var version: LimitsVersion
    private(set) var lastReload: Reload?
    nonisolated let history: LimitsHistory
    private let limits: any LimitBackend
    private let logger: Logger
    /// The change before the next.
    private var last: Task<Void, Never>?

    init(_ start: LimitsStart, history: LimitsHistory, limits: any LimitBackend, logger: Logger) {
        state = start.state
        version = start.version
        self.history = history
        self.limits = limits
        self.logger = logger
        Gauge(label: "weir_limits_version").record(start.state.number)
        Gauge(label: "weir_limits_reload_failed").record(0)
        Self.log(start.state.warnings, logger)
    }

    /// Puts in force what `make` makes of the state.
    ///
    /// - Parameters:
    ///   - expected: versions of which one has to be in force; `nil` is any.
    ///   - make: may be called at a later time than this, when the changes before are done.
    /// - Throws: ``VersionMismatch``; what `make` throws; `DatabaseError`. Nothing has changed then.
    func change(
        _ cause: LimitsCause, ifVersion expected: [Int]? = nil,
        _ make: @Sendable @escaping (LimitsState) async throws -> LimitsState
    ) async throws -> LimitsState {
        try await exclusively { try await self.perform(cause, expected, make) }
    }

    /// Reads the file again.
    ///
    /// - Throws: as ``change(_:ifVersion:_:)``; ``DocumentProblems`` when the file cannot be accepted, or there is
    ///   none.
    func reload(_ cause: LimitsCause, ifVersion expected: [Int]? = nil) async throws -> LimitsState {
        try require(expected)
        guard state.sources.file != nil else {
            // Nothing is wrong with the limits, so nothing is reported as failed.
            let problem = DocumentProblem(
                path: "", message: "there is no limits document to read; start with --rate-config FILE")
            logger.warning("\(problem)", metadata: ["stage": "limits", "source": "\(cause.source.rawValue)"])
            throw DocumentProblems([problem])
        }
        do {
            let state = try await change(cause, ifVersion: expected) { state in
                try state.replacing(file: try state.sources.readFile())
            }
            finish(cause, [])
            return state
        } catch let error as VersionMismatch {
            throw error
        } catch {
            let problems = (error as? DocumentProblems)?.problems
            finish(cause, problems ?? [DocumentProblem(path: "", message: "cannot be put on record: \(error)")])
            throw error
        }
    }

    private func finish(_ cause: LimitsCause, _ problems: [DocumentProblem]) {
        lastReload = Reload(at: .wallClock, source: cause.source, problems: problems)
        let result = problems.isEmpty ? "succeeded" : "failed"
        Counter(label: "weir_limits_reloads_total", dimensions: [("result", result)]).increment()
        Gauge(label: "weir_limits_reload_failed").record(problems.isEmpty ? 0 : 1)
        var metadata: Logger.Metadata = ["stage": "limits", "source": "\(cause.source.rawValue)"]
        if problems.isEmpty {
            metadata["event_type"] = "reloaded"
            logger.notice("limits reloaded; version \(state.number) is in force", metadata: metadata)
        } else {
            metadata["event_type"] = "reload_failed"
            metadata["errors"] = "\(problems.prefix(20).map(\.description).joined(separator: "\n"))"
            logger.error("limits reload failed; version \(state.number) stays in force", metadata: metadata)
        }
    }

    /// Changes run to their end even when whoever asked has gone: what is durable has to come into force.
    private func exclusively<Value: Sendable>(
        _ change: @Sendable @escaping () async throws -> Value
    ) async throws -> Value {
        let previous = last
        let task = Task {
            await previous?.value
            return try await change()
        }
        last = Task { _ = await task.result }
        return try await task.value
    }

    private func require(_ expected: [Int]?) throws {
        if let expected, !expected.contains(state.number) { throw VersionMismatch(current: state.number) }
    }

    private func perform(
        _ cause: LimitsCause, _ expected: [Int]?, _ make: @Sendable (LimitsState) async throws -> LimitsState
    ) async throws -> LimitsState {
        try require(expected)
        let next = try await make(state)
        guard next.effective.backend == state.effective.backend else {
            throw DocumentProblems([
                DocumentProblem(path: "backend", message: "is read at the start only; restart the service to change it")
            ])
        }
        guard next.differs(from: state) else {
            // Lines may have moved in the file, which is worth knowing and no new version.
            state = try LimitsState(
                number: state.number, file: next.file, overlay: state.overlay,
                overlayWarnings: next.overlayWarnings, sources: state.sources)
            return state
        }
        let version = LimitsVersion(
            number: next.number, at: .wallClock, cause: cause,
            changes: state.effective.changes(to: next.effective).map(WrittenChange.init))
        let record = LimitsRecord(next, version)
        try await history.append(record)
        do {
            guard try await limits.apply(record.table(next.effective.document)) else {
                throw VersionMismatch(current: await limits.table().version)
            }
        } catch {
            try? await history.forget(from: version.number)
            await adopt()
            throw error
        }
        enter(next, version)
        return next
    }

    /// Puts on record, and shows, what another instance has put in force.
    func follow() async {
        try? await exclusively { await self.adopt() }
    }

    private func adopt() async {
        let table = await limits.table()
        // Lower where the log was lost, and begun anew by an instance that did not know of the newest version.
        guard table.version != state.number else { return }
        do {
            let record = try LimitsRecord(of: table)
            let next = try state.adopting(record)
            try await history.append(record)
            enter(next, record.version)
        } catch {
            logger.error(
                "limits of another instance are in force, but cannot be put on record",
                metadata: ["stage": "limits", "version": .stringConvertible(table.version), "detail": "\(error)"])
        }
    }

    private func enter(_ next: LimitsState, _ version: LimitsVersion) {
        let cause = version.cause
        let known = Set(state.warnings)
        state = next
        self.version = version
        Gauge(label: "weir_limits_version").record(next.number)
        logger.notice(
            "limits changed",
            metadata: [
                "stage": "limits", "event_type": "changed", "version": .stringConvertible(next.number),
                "source": "\(cause.source.rawValue)", "by": "\(cause.by ?? "")",
                "changes": .stringConvertible(version.changes.count),
            ])
        Self.log(next.warnings.filter { !known.contains($0) }, logger)
    }

    private static func log(_ warnings: [DocumentProblem], _ logger: Logger) {
        for warning in warnings.prefix(20) {
            logger.warning("\(warning)", metadata: ["stage": "limits", "event_type": "warning"])
        }
    }
}
