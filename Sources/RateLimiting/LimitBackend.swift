/// Where limits are decided. Memory implements it; shared stores will.
///
/// Every backend keeps the same promises: decisions are exact over all windows of all claims, a denial has consumed
/// nothing and says when to come back, and callers that wait are served in order.
package protocol LimitBackend: Sendable {
    /// Asks for permission and, with `wait: server`, returns only when the caller may start.
    ///
    /// A cancelled call has consumed nothing.
    ///
    /// - Throws: ``AcquireError`` for a request that can never be granted; `CancellationError`.
    func acquire(_ request: AcquireRequest) async throws -> Decision

    /// Ends a lease. With `unused` its units are given back as though they had never been granted.
    func release(_ lease: LeaseID, unused: Bool) async -> ReleaseResult

    /// Closes a host until `time`, for every role.
    func pause(_ host: String, until time: Timestamp) async

    /// The table in force.
    func table() async -> LimitTable

    /// Puts `document` in force for the next decision, waiters included; logs, leases and pauses stay.
    ///
    /// - Returns: the new table, or `nil` when `expected` is given and is not the version in force.
    func apply(_ document: LimitsDocument, ifVersion expected: Int?) async -> LimitTable?

    /// Leases held over all keys.
    func inFlight() async -> Int

    /// The time by which decisions are made.
    func now() async -> Timestamp
}
