import RateLimiting

/// The layers of limits and the version that they make, as a value: changes are tried on it before anything happens.
struct LimitsState: Sendable {
    let number: Int
    let effective: EffectiveLimits
    let overlay: LimitsLayer
    /// What was odd about the API's last word.
    let overlayWarnings: [DocumentProblem]
    /// What the file says.
    let file: LimitsReader.Result
    let sources: LimitSources

    /// - Throws: ``DocumentProblems`` when the layers contradict each other.
    init(
        number: Int, file: LimitsReader.Result, overlay: LimitsLayer, overlayWarnings: [DocumentProblem] = [],
        sources: LimitSources
    ) throws(DocumentProblems) {
        self.number = number
        self.file = file
        self.overlay = overlay
        self.overlayWarnings = overlayWarnings
        self.sources = sources
        effective = try EffectiveLimits([file.layer, sources.environment.layer, sources.flags.layer, overlay])
        if let problem = effective.backend.problem { throw DocumentProblems([problem]) }
        guard effective.document.globalMaxInflight >= effective.backend.logs else {
            throw DocumentProblems([
                DocumentProblem(
                    path: "global_max_inflight",
                    message:
                        "must be at least \(effective.backend.logs) with backend.hash_tag: host, where it is divided")
            ])
        }
    }

    var table: LimitTable { LimitTable(version: number, document: effective.document) }

    /// Oddities of what is in force, the first hundred of them.
    var warnings: [DocumentProblem] {
        let all =
            sources.recordWarnings + file.warnings + sources.environment.warnings + sources.flags.warnings
            + overlayWarnings
            + effective.warnings
        return Array(all.prefix(100))
    }

    /// The state in which the API says something else.
    func replacing(
        overlay: LimitsLayer, warnings: [DocumentProblem] = []
    ) throws(DocumentProblems) -> LimitsState {
        try LimitsState(number: next, file: file, overlay: overlay, overlayWarnings: warnings, sources: sources)
    }

    /// The state in which the file says something else.
    func replacing(file: LimitsReader.Result) throws(DocumentProblems) -> LimitsState {
        try LimitsState(
            number: next, file: file, overlay: overlay, overlayWarnings: overlayWarnings, sources: sources)
    }

    /// The state that has the values of an earlier version in force: what the API said then, and where the layers below
    /// have changed since, what they said then.
    func rolledBack(to record: LimitsRecord) throws(DocumentProblems) -> LimitsState {
        try replacing(overlay: overlay(giving: record, in: next))
    }

    /// The state that another instance has put in force. Where this one's files, variables or flags say otherwise, the
    /// other's word stands above them.
    func adopting(_ record: LimitsRecord) throws(DocumentProblems) -> LimitsState {
        let number = record.version.number
        return try LimitsState(
            number: number, file: file, overlay: overlay(giving: record, in: number), sources: sources)
    }

    /// What the API has to say so that the values of a record are in force.
    private func overlay(giving record: LimitsRecord, in version: Int) -> LimitsLayer {
        var overlay = record.overlay
        let plain = EffectiveLimits.merged(
            [file.layer, sources.environment.layer, sources.flags.layer, record.overlay])
        for path in Set(record.values.keys).union(plain.keys) where plain[path]?.value != record.values[path] {
            if case .backend = path { continue }
            overlay.values[path] = Stated(value: record.values[path], origin: .api(version: version))
        }
        return overlay
    }

    /// The number of the version after this one.
    var next: Int { number + 1 }

    /// Whether anything is different that a version records: what is in force, or what the API says.
    func differs(from other: LimitsState) -> Bool {
        overlay.values.mapValues(\.value) != other.overlay.values.mapValues(\.value)
            || effective.recorded != other.effective.recorded
    }
}
