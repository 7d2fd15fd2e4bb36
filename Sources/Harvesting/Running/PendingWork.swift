/// A work that is still to be settled, and how far it came in an earlier process.
struct PendingWork: Sendable {
    let work: Work
    var progress: WorkProgress?
}
