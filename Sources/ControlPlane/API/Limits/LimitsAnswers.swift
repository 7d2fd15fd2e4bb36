import RateLimiting

/// The limits in force, and how they came about.
struct LimitsAnswer: Sendable {
    let json: [String: JSONValue]
    let tag: String

    init(_ state: LimitsState, _ version: LimitsVersion?, _ reload: LimitsControl.Reload?) {
        tag = "\"\(state.number)\""
        var document = state.effective.json
        var status: [String: JSONValue] = [
            "version": .int(state.number),
            "overlay_values": .int(state.overlay.values.count),
            "warnings": .array(state.warnings.map { .string($0.description) }),
        ]
        if let file = state.sources.file { status["file"] = .string(file) }
        if let version {
            status["changed_at"] = .string(version.at.description)
            status["source"] = .string(version.cause.source.rawValue)
            if let by = version.cause.by { status["by"] = .string(by) }
        }
        if let reload { status["last_reload"] = reload.json }
        document["status"] = .object(status)
        json = document
    }
}

extension LimitsControl {
    /// The limits in force.
    func answer() -> LimitsAnswer { LimitsAnswer(state, version, lastReload) }

    /// The limits as a change left them.
    func answer(_ state: LimitsState) -> LimitsAnswer {
        LimitsAnswer(state, version.number == state.number ? version : nil, lastReload)
    }
}

extension LimitsControl.Reload {
    fileprivate var json: JSONValue {
        .object([
            "at": .string(at.description),
            "source": .string(source.rawValue),
            "ok": .bool(problems.isEmpty),
            "errors": .array(problems.map { .string($0.description) }),
        ])
    }
}

/// What a change would do.
struct ValidationAnswer: Encodable {
    let valid = true
    let changes: [WrittenChange]
    let warnings: [String]

    init(_ before: LimitsState, _ after: LimitsState) {
        changes = before.effective.changes(to: after.effective).map(WrittenChange.init)
        warnings = after.warnings.map(\.description)
    }
}

/// A version: when it came into force, what brought it about, and what it changed.
struct VersionAnswer: Encodable {
    let version: Int
    let at: Timestamp
    let source: String
    let by: String?
    let changes: [WrittenChange]
    /// All that was in force.
    let document: [String: JSONValue]?

    init(_ version: LimitsVersion, document: [String: JSONValue]?) {
        self.version = version.number
        at = version.at
        source = version.cause.source.rawValue
        by = version.cause.by
        changes = version.changes
        self.document = document
    }
}

/// One policy, each value with its origin.
struct ExplanationAnswer: Encodable {
    struct Line: Encodable {
        let value: JSONValue
        let origin: String
        /// The part of the document that says it.
        let path: String?
    }

    let host: String
    let role: String
    let version: Int
    let policy: [String: Line]
    /// What governs all hosts together, by path.
    let shared: [String: Line]

    init(_ explanation: PolicyExplanation, in state: LimitsState) {
        host = explanation.host
        role = explanation.role
        version = state.number
        shared = state.effective.shared.reduce(into: [:]) { lines, value in
            lines["\(value.path)"] = Line(
                value: value.entry.value.json, origin: value.entry.origin.description, path: nil)
        }
        policy = Dictionary(
            explanation.lines.map {
                (
                    $0.key,
                    Line(value: $0.value?.json ?? .null, origin: $0.origin.description, path: $0.path?.description)
                )
            }
        ) { $1 }
    }
}
