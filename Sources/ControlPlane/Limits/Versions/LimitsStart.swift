import Fetching
import RateLimiting

/// Limits as a process finds them: what its files, variables and flags say, and what the API said before it.
struct LimitsStart: Sendable {
    let state: LimitsState
    let version: LimitsVersion
    /// What has to be put on record: `nil` when the same is in force as when the last process ended.
    let unrecorded: LimitsRecord?

    /// - Throws: ``DocumentProblems`` when the file cannot be accepted.
    init(_ sources: LimitSources, after newest: LimitsRecord?) throws(DocumentProblems) {
        let file = try sources.readFile()
        guard let newest else {
            let state = try LimitsState(number: 1, file: file, overlay: LimitsLayer(), sources: sources)
            self.init(state, changes: [])
            return
        }
        let state = try LimitsState(
            number: newest.version.number, file: file, overlay: newest.overlay, sources: sources)
        guard state.effective.recorded != newest.values else {
            self.init(state: state, version: newest.version, unrecorded: nil)
            return
        }
        let before = try EffectiveLimits([
            LimitsLayer(values: newest.values.mapValues { Stated(value: $0, origin: .builtIn) })
        ])
        self.init(try state.replacing(file: file), changes: before.changes(to: state.effective).map(WrittenChange.init))
    }

    private init(_ state: LimitsState, changes: [WrittenChange]) {
        let version = LimitsVersion(
            number: state.number, at: .wallClock, cause: LimitsCause(source: .start), changes: changes)
        self.init(state: state, version: version, unrecorded: LimitsRecord(state, version))
    }

    private init(state: LimitsState, version: LimitsVersion, unrecorded: LimitsRecord?) {
        self.state = state
        self.version = version
        self.unrecorded = unrecorded
    }
}

extension LimitsRecord {
    init(_ state: LimitsState, _ version: LimitsVersion) {
        self.version = version
        overlay = state.overlay
        values = state.effective.recorded
    }
}
