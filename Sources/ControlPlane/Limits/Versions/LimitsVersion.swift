import RateLimiting

/// A table of limits as it came into force.
struct LimitsVersion: Sendable {
    let number: Int
    let at: Timestamp
    let cause: LimitsCause
    let changes: [WrittenChange]
}

/// What brought a version about, and who.
struct LimitsCause: Hashable, Sendable {
    enum Source: String, Sendable, CaseIterable {
        /// The process started with other files, variables or flags than the last.
        case start
        case put
        case patch
        case rollback
        case overlayDeleted = "overlay_deleted"
        /// The file was read again because the API said so.
        case reload
        /// The same because of SIGHUP.
        case signal
        /// The same because it had changed.
        case file
    }

    let source: Source
    /// Whoever asked: the request's `From` field, or else the address that it came from. `nil` outside the API.
    var by: String?
}

/// What the API says, and has said, about limits.
struct LimitsRecord: Sendable {
    let version: LimitsVersion
    /// What the API says from this version on.
    let overlay: LimitsLayer
    /// All that is in force, whatever it comes from, as ``EffectiveLimits/recorded``.
    let values: [LimitPath: LimitValue]
}
