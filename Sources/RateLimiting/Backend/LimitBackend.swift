/// Where limits are decided: in one process, or by several that follow one log.
///
/// Every backend keeps the same promises: decisions are exact over all windows of all claims, a denial has consumed
/// nothing and says when to come back, and callers that wait are served in order. What it shares with others may be
/// out of reach: then its methods throw ``LimitLogUnavailable``.
package protocol LimitBackend: Sendable {
    /// Asks for permission. What cannot be answered at once is to be awaited; a pending acquire that is dropped keeps
    /// its place until its bounded wait is over.
    ///
    /// - Throws: ``AcquireError`` for a request that can never be granted; `CancellationError`.
    func begin(_ request: AcquireRequest) async throws -> Acquisition

    /// Asks for several permissions that have nothing to do with each other, in their order.
    func begin(_ requests: [AcquireRequest]) async throws -> [Result<Acquisition, AcquireError>]

    /// What an acquire with `wait: client` would be answered now. Nothing is taken.
    ///
    /// - Throws: ``AcquireError``.
    func check(_ request: AcquireRequest) async throws -> Decision

    /// Ends a lease. With `unused` its units are given back as though they had never been granted.
    func release(_ lease: LeaseID, unused: Bool) async throws -> ReleaseResult

    /// Lets a lease live for `timeToLive` milliseconds from now.
    func renew(_ lease: LeaseID, timeToLiveMilliseconds: Int) async throws -> RenewResult

    /// Leases held; only those of a client where one is named.
    func leases(_ request: ListRequest, client: String?) async throws -> ListPage<LeaseReport>

    /// Learns from what an upstream answered to the holder of a lease: limits adapt, and the host gets the rest that
    /// it asks for.
    ///
    /// - Parameter host: whose answer it was, where the lease is on several; `nil` is the first claim's.
    /// - Returns: `false` when the lease is not held.
    func report(_ outcome: UpstreamOutcome, of lease: LeaseID, host: String?) async throws -> Bool

    /// What is used, waiting and in flight, by key.
    func usage(_ request: ListRequest) async throws -> ListPage<Usage>

    /// Forgets the units that have started, and how far limits are turned down.
    ///
    /// - Returns: the keys that were known.
    func reset(_ host: String, role: String?) async throws -> [LimitKey]

    /// Closes a host, or one role of it; a pause is never shortened by a later, shorter one.
    ///
    /// - Returns: the pause in force.
    @discardableResult
    func pause(_ scope: PauseScope, _ pause: Pause) async throws -> Pause

    /// Opens a host, or one role of it, before its time.
    ///
    /// - Returns: the pauses that this ended.
    func resume(_ scope: PauseScope) async throws -> [PauseScope: Pause]

    /// The table in force.
    func table() async -> LimitTable

    /// Puts `table` in force for the next decision, waiters included; logs, leases and pauses stay.
    ///
    /// - Returns: `false` when its version is not above that of the one in force, and nothing was changed.
    @discardableResult
    func apply(_ table: LimitTable) async throws -> Bool

    /// The instances that share the limits and are alive; none where one process keeps them to itself.
    func instances() async throws -> [InstanceReport]

    /// Whether it could decide when it was last asked.
    func isReachable() async -> Bool

    /// Sums over all keys.
    func totals() async -> LimiterTotals

    /// The time by which decisions are made.
    func now() async -> Timestamp

    /// Answers all who wait with ``AcquireError/stopping``, and makes nobody wait any more.
    func stop() async
}

/// What an acquire comes to at once.
package enum Acquisition: Sendable {
    case decided(Decision)
    case pending(PendingAcquire)
}

/// An acquire whose caller waits for its start.
package struct PendingAcquire: Sendable {
    private let wait: @Sendable () async throws -> Decision

    package init(_ wait: @escaping @Sendable () async throws -> Decision) {
        self.wait = wait
    }

    /// Returns when the caller may start, or is denied. A cancelled call gives its place back and has consumed nothing.
    ///
    /// - Throws: ``AcquireError`` when a new table leaves no room for the request, or the limiter stops;
    ///   `CancellationError`.
    package func decision() async throws -> Decision { try await wait() }
}

extension LimitBackend {
    /// Asks for permission and, with `wait: server`, returns only when the caller may start.
    ///
    /// - Throws: ``AcquireError``; `CancellationError`, and then nothing was consumed.
    package func acquire(_ request: AcquireRequest) async throws -> Decision {
        switch try await begin(request) {
        case .decided(let decision): decision
        case .pending(let pending): try await pending.decision()
        }
    }
}
