/// What becomes of callers while what limits are shared through is out of reach.
package enum FailureMode: String, Sendable, CaseIterable {
    /// Nobody is granted anything.
    case deny
    /// Everybody is, at once and without a lease; what was granted is counted when it is back.
    case allow
}
