package import RateLimiting

/// One promise that every limit backend keeps, as a test that any of them can be put through.
///
/// The tests use the backend's own clock and windows of tenths of a second: what they assert are the times in its
/// answers, never how long an answer took. Time passes by waiting for a start.
package struct BackendPromise: Sendable, CustomStringConvertible {
    package let description: String
    /// Whether it is about several hosts at once; where each host's limits are decided apart, nobody promises that.
    package let spansHosts: Bool
    private let document: LimitsDocument
    private let check: @Sendable (BackendUser) async throws -> Void

    init(
        _ description: String, _ policies: [String: PolicyPatch], maxInflight: Int = 100, aimd: AIMDSettings = .init(),
        spansHosts: Bool = false, _ check: @escaping @Sendable (BackendUser) async throws -> Void
    ) {
        self.description = description
        self.spansHosts = spansHosts
        var policies = policies
        policies["clock"] = PolicyPatch(rates: [.per(150, 1)], maxDelayMilliseconds: 60_000)
        document = LimitsDocument(defaults: policies, globalMaxInflight: maxInflight, aimd: aimd)
        self.check = check
    }

    /// - Parameter makeBackend: a fresh backend with this table.
    /// - Throws: ``BrokenPromise``; what the backend throws.
    package func verify(_ makeBackend: (LimitTable) async throws -> any LimitBackend) async throws {
        try await check(
            BackendUser(backend: try await makeBackend(LimitTable(version: 1, document: document)), document: document))
    }

    package static let all = rates + waiting + leases + changes
}

extension Rate {
    /// `units` in `milliseconds`.
    static func per(_ milliseconds: Int64, _ units: Int) -> Rate {
        do {
            return try Rate(units: units, interval: milliseconds * 1000)
        } catch {
            preconditionFailure("\(error)")
        }
    }
}

/// Whoever asks a backend in these tests.
struct BackendUser: Sendable {
    let backend: any LimitBackend
    let document: LimitsDocument

    func acquire(
        _ host: String = "a", _ role: String = "r", weight: Int = 1, maxWait: Int? = nil,
        wait: AcquireRequest.Wait = .server, hold: Bool = true, ttl: Int = 60_000, isHead: Bool = false,
        key: String? = nil, reportsUsage: Bool = false
    ) async throws -> Decision {
        try await backend.acquire(
            AcquireRequest(
                claims: [.init(key: LimitKey(host: host, role: role), weight: weight)], maxWaitMilliseconds: maxWait,
                wait: wait, hold: hold, leaseTTLMilliseconds: ttl, isHead: isHead, client: "tester",
                idempotencyKey: key, reportsUsage: reportsUsage))
    }

    func lease(_ host: String = "a", _ role: String = "r", ttl: Int = 60_000) async throws -> LeaseID {
        guard let lease = try await acquire(host, role, ttl: ttl).grant?.lease else {
            throw BrokenPromise(description: "no lease on \(host) \(role)")
        }
        return lease
    }

    /// Several claims at once.
    func acquire(_ claims: [(host: String, role: String)], maxWait: Int = 0) async throws -> Decision {
        try await backend.acquire(
            AcquireRequest(
                claims: claims.map { .init(key: LimitKey(host: $0.host, role: $0.role)) },
                maxWaitMilliseconds: maxWait, hold: false))
    }

    /// Lets a good tenth of a second pass on the backend's clock.
    func passTime() async throws {
        let host = "clock-\(UInt64.random(in: .min ... .max))"
        for _ in 0..<2 { _ = try await acquire(host, "clock", hold: false) }
    }

    /// Returns once `count` callers wait.
    func waiters(_ count: Int) async {
        while await backend.totals().waiting < count { await Task.yield() }
    }

    func inFlight() async -> Int { await backend.totals().inFlight }

    func apply(_ change: (inout LimitsDocument) -> Void) async throws {
        var document = document
        change(&document)
        try await backend.apply(LimitTable(version: await backend.table().version + 1, document: document))
    }
}

extension Decision {
    package var grant: Grant? {
        if case .granted(let grant) = self { grant } else { nil }
    }

    package var denial: Denial? {
        if case .denied(let denial) = self { denial } else { nil }
    }
}

/// The value, or a broken promise where there is none.
func required<Value>(_ value: Value?, _ message: String) throws -> Value {
    guard let value else { throw BrokenPromise(description: message) }
    return value
}
