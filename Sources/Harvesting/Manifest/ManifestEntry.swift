import RateLimiting

/// What happened to a work, to be recorded in one piece.
struct ManifestEntry: Sendable {
    let job: String
    let work: Work
    let time: Timestamp
    /// The request that was made; `nil` where none was needed.
    var attempt: Attempt?
    /// How the work ended; `nil` while it goes on.
    var outcome: WorkOutcome?
    /// Where the work stands, while it goes on.
    var progress: WorkProgress?
    /// When the first request for the work was made.
    var startedAt: Timestamp?
    /// The file that gets its name with this.
    var file: ReceivedArtifact?
}
