/// What becomes of callers while what limits are shared through is out of reach.
package enum FailureMode: String, Sendable, CaseIterable {
    /// Nobody is granted anything.
    case deny
    /// Everybody is, at once and without a lease; what was granted is counted when it is back.
    case allow
    /// Each instance goes on with its share of every limit, once the others have set it aside.
    case local
}

package struct FailurePolicy: Hashable, Sendable {
    package let mode: FailureMode
    /// How many equal shares there are with ``FailureMode/local``; `nil` is as many as there are instances.
    package let instances: Int?

    package init(_ mode: FailureMode, instances: Int? = nil) {
        self.mode = mode
        self.instances = instances
    }
}
