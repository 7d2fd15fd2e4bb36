/// Limits of which each host's are decided in one of several logs, so that a cluster of databases shares the work.
///
/// A log of its own has the limits in force and who is there: what is put in force there follows in all parts. A part
/// decides on its own, so claims over several hosts are refused, and each part has an equal share of the requests that
/// may be in flight over all hosts. An idempotency key is known for requests to one host.
package final class SpreadBackend: SharedBackend {
    let control: ReplicatedBackend
    let parts: [ReplicatedBackend]
    package let tableChanges: AsyncStream<Void>
    private let tableChanged: AsyncStream<Void>.Continuation

    private init(_ control: ReplicatedBackend, _ parts: [ReplicatedBackend]) {
        (self.control, self.parts) = (control, parts)
        (tableChanges, tableChanged) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    deinit { tableChanged.finish() }

    /// Joins logs, or begins them.
    ///
    /// - Parameters:
    ///   - control: has the limits in force.
    ///   - parts: 2 to 256, in the same order for every instance.
    /// - Throws: as ``ReplicatedBackend/joining(_:as:table:maxWaiters:patience:onFailure:learning:spread:report:)``,
    ///   whose other parameters these are.
    package static func joining(
        control: any LimitLog, parts: [any LimitLog], as instance: Instance, table: LimitTable,
        maxWaiters: Int = 100_000, patience: Duration = .milliseconds(50),
        onFailure: FailurePolicy = FailurePolicy(.deny), learning: Int64 = 0,
        report: @escaping @Sendable (LimiterEvent) -> Void = { _ in }
    ) async throws -> SpreadBackend {
        precondition((2...Spread.mostParts).contains(parts.count))
        @Sendable func join(_ log: any LimitLog, _ table: LimitTable, _ part: Int) async throws -> ReplicatedBackend {
            try await ReplicatedBackend.joining(
                log, as: instance, table: table, maxWaiters: maxWaiters / parts.count, patience: patience,
                onFailure: onFailure, learning: learning, spread: Spread(count: parts.count, part: part),
                report: report)
        }
        let control = try await join(control, table, 0)
        let inForce = control.table().part(of: parts.count)
        let joined = try await withThrowingTaskGroup(of: Joined.self) { group in
            for (index, log) in parts.enumerated() {
                group.addTask {
                    let part = try await join(log, inForce, index)
                    return Joined(index: index, part: part)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let backend = SpreadBackend(control, joined.sorted { $0.index < $1.index }.map(\.part))
        _ = await backend.spreadTable()
        return backend
    }

    /// A part that was joined, and its place among the parts.
    private struct Joined {
        let index: Int
        let part: ReplicatedBackend
    }

    package func run() async {
        let (changes, changed) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await withDiscardingTaskGroup { group in
            for backend in parts + [control] { group.addTask { await backend.run() } }
            group.addTask {
                for await _ in self.control.tableChanges {
                    self.tableChanged.yield()
                    changed.yield()
                }
            }
            // A part that has lost its log may be set back.
            for part in parts { group.addTask { for await _ in part.tableChanges { changed.yield() } } }
            // A part may not have answered when this instance joined.
            changed.yield()
            for await _ in changes {
                while await !spreadTable(), !Task.isCancelled { try? await Task.sleep(for: .milliseconds(100)) }
            }
        }
    }

    /// Puts what is in force in force everywhere. Every instance does; the first one is heard.
    ///
    /// - Returns: whether no part is behind any more.
    private func spreadTable() async -> Bool {
        let table = control.table()
        let behind = parts.filter { $0.table().version < table.version }
        guard !behind.isEmpty else { return true }
        let next = table.part(of: parts.count)
        return await withTaskGroup(of: Bool.self) { group in
            for part in behind { group.addTask { (try? await part.apply(next)) != nil } }
            return await group.reduce(true) { $0 && $1 }
        }
    }

    package func table() -> LimitTable { control.table() }

    @discardableResult
    package func apply(_ table: LimitTable) async throws -> Bool {
        guard try await control.apply(table) else { return false }
        // What does not answer now follows when it does.
        _ = await spreadTable()
        return true
    }

    /// Which part decides about a host.
    func index(of host: String) -> Int { Spread.part(of: host, among: parts.count) }

    /// Which part decides about a request.
    ///
    /// - Throws: ``AcquireError/noClaims``; ``AcquireError/hostsApart(claim:)``.
    func index(of request: AcquireRequest) throws(AcquireError) -> Int {
        guard let host = request.claims.first?.key.host else { throw .noClaims }
        if let other = request.claims.firstIndex(where: { $0.key.host != host }) { throw .hostsApart(claim: other) }
        return index(of: host)
    }

    /// `nil` for a lease of no part.
    private func part(of lease: LeaseID) -> ReplicatedBackend? {
        lease.part < parts.count ? parts[lease.part] : nil
    }

    package func check(_ request: AcquireRequest) async throws -> Decision {
        try await parts[index(of: request)].check(request)
    }

    package func release(_ lease: LeaseID, unused: Bool) async throws -> ReleaseResult {
        try await part(of: lease)?.release(lease, unused: unused) ?? .unknown
    }

    package func renew(_ lease: LeaseID, timeToLiveMilliseconds: Int) async throws -> RenewResult {
        try await part(of: lease)?.renew(lease, timeToLiveMilliseconds: timeToLiveMilliseconds) ?? .unknown
    }

    package func report(_ outcome: UpstreamOutcome, of lease: LeaseID, host: String?) async throws -> Bool {
        try await part(of: lease)?.report(outcome, of: lease, host: host) ?? false
    }

    package func reset(_ host: String, role: String?) async throws -> [LimitKey] {
        try await parts[index(of: host)].reset(host, role: role)
    }

    @discardableResult
    package func pause(_ scope: PauseScope, _ pause: Pause) async throws -> Pause {
        try await parts[index(of: scope.host)].pause(scope, pause)
    }

    package func resume(_ scope: PauseScope) async throws -> [PauseScope: Pause] {
        try await parts[index(of: scope.host)].resume(scope)
    }

    package func isReachable() -> Bool { control.isReachable() && parts.allSatisfy { $0.isReachable() } }

    package func now() -> Timestamp { control.now() }

    package func stop() async {
        await withDiscardingTaskGroup { group in
            for backend in parts + [control] { group.addTask { await backend.stop() } }
        }
    }
}
