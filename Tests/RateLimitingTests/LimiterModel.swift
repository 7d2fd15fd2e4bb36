@testable import RateLimiting

/// What the limiter owes its callers, kept as plain lists.
struct LimiterModel {
    struct Held {
        let claims: [AcquireRequest.Claim]
        /// The claims that took units.
        let taken: [AcquireRequest.Claim]
        let start: Timestamp
        let expires: Timestamp
    }

    struct Waiting {
        let id: WaiterID
        let request: AcquireRequest
        let bound: Int64
        let deadline: Timestamp
    }

    var table: LimitTable
    var pauses: [String: Timestamp] = [:]
    var waiting: [Waiting] = []
    private(set) var logs: [LimitKey: NaiveLog] = [:]
    private(set) var held: [LeaseID: Held] = [:]
    private(set) var ended: [LeaseID: ReleaseResult] = [:]

    init(table: LimitTable) {
        self.table = table
    }

    func policy(_ key: LimitKey) -> Policy? { table.policy(for: key) }

    /// The claims that cost units under the table in force.
    func counted(_ request: AcquireRequest) -> [AcquireRequest.Claim] {
        request.claims.filter { !request.isHead || policy($0.key)?.countHead == true }
    }

    /// The first start that every window and pause allows, or the end of time where a claim is too heavy for ever.
    func earliestStart(of request: AcquireRequest, at now: Timestamp) -> Timestamp {
        var start = now
        for claim in request.claims { start = max(start, pauses[claim.key.host] ?? now) }
        for claim in counted(request) {
            let windows = policy(claim.key)?.windows ?? []
            let log = logs[claim.key] ?? NaiveLog()
            start = max(start, log.earliestStart(of: claim.weight, under: windows, at: now))
        }
        return start
    }

    func holdsWindows(_ request: AcquireRequest, at start: Timestamp) -> Bool {
        counted(request).allSatisfy { claim in
            (logs[claim.key] ?? NaiveLog()).holds(claim.weight, at: start, under: policy(claim.key)?.windows ?? [])
        }
    }

    func inFlight(_ key: LimitKey) -> Int {
        held.values.count { $0.claims.contains { $0.key == key } }
    }

    func hasRoom(_ request: AcquireRequest) -> Bool {
        guard request.hold else { return true }
        return held.count < table.document.globalMaxInflight
            && request.claims.allSatisfy { inFlight($0.key) < policy($0.key)?.maxConcurrent ?? .max }
    }

    /// Whether a waiter that came earlier wants one of the same keys.
    func isBehind(_ request: AcquireRequest, before id: WaiterID? = nil) -> Bool {
        waiting.prefix { $0.id != id }.contains { waiter in
            waiter.request.claims.contains { claim in request.claims.contains { $0.key == claim.key } }
        }
    }

    func bound(of request: AcquireRequest) -> Int64 {
        let delays = request.claims.compactMap { policy($0.key)?.maxDelayMilliseconds }
        return Int64((delays + [request.maxWaitMilliseconds ?? .max]).min() ?? 0) * 1000
    }

    mutating func expire(at now: Timestamp) {
        for (id, lease) in held where lease.expires <= now {
            held[id] = nil
            ended[id] = .expired
        }
    }

    mutating func take(_ request: AcquireRequest, _ grant: Grant) -> [AcquireRequest.Claim] {
        let taken = counted(request)
        for claim in taken { logs[claim.key, default: NaiveLog()].append(grant.start, weight: claim.weight) }
        if let lease = grant.lease, let expires = grant.expires {
            held[lease] = Held(claims: request.claims, taken: taken, start: grant.start, expires: expires)
        }
        return taken
    }

    mutating func release(_ id: LeaseID, unused: Bool) -> ReleaseResult {
        guard let lease = held.removeValue(forKey: id) else { return ended[id] ?? .unknown }
        ended[id] = .alreadyReleased
        if unused { giveBack(lease.taken, at: lease.start) }
        return .released
    }

    mutating func giveBack(_ claims: [AcquireRequest.Claim], at start: Timestamp) {
        for claim in claims { logs[claim.key]?.giveBack(start, weight: claim.weight) }
    }
}
