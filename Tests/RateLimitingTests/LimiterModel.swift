@testable import RateLimiting

/// What the limiter owes its callers, kept as plain lists: every unit that was granted, every lease, every waiter.
struct LimiterModel {
    struct Held {
        let request: AcquireRequest
        /// The claims that took units.
        let taken: [AcquireRequest.Claim]
        let start: Timestamp
        var expires: Timestamp
    }

    struct Waiting {
        let id: WaiterID
        let request: AcquireRequest
        let bound: Int64
        let deadline: Timestamp
        /// Where the limiter has booked it, and in which order; `nil` while it queues.
        var booking: (start: Timestamp, order: UInt64)?
    }

    var table: LimitTable
    var pauses: [String: Timestamp] = [:]
    var waiting: [Waiting] = []
    /// Granted, by key.
    private(set) var logs: [LimitKey: NaiveLog] = [:]
    /// Granted starts that may lie in the future, with the order in which they were granted.
    private(set) var promised: [(claims: [AcquireRequest.Claim], start: Timestamp, order: UInt64)] = []
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

    /// Everything that is granted or booked on a key, but not the bookings that `waiter` goes before.
    private func log(_ key: LimitKey, before waiter: Waiting?) -> NaiveLog {
        var log = logs[key] ?? NaiveLog()
        for other in waiting where other.id != waiter?.id {
            guard let booking = other.booking, booking.order < waiter?.booking?.order ?? .max else { continue }
            for claim in counted(other.request) where claim.key == key {
                log.append(booking.start, weight: claim.weight)
            }
        }
        return log
    }

    /// The first start that every window and pause allows, behind all that was booked before; the end of time where a
    /// claim is too heavy for ever.
    ///
    /// - Parameter waiter: one that has a booking already, whose own is left out.
    func earliestStart(of request: AcquireRequest, as waiter: Waiting? = nil, at now: Timestamp) -> Timestamp {
        var start = now
        let order = waiter?.booking?.order ?? .max
        for claim in request.claims { start = max(start, pauses[claim.key.host] ?? now) }
        for claim in counted(request) {
            for other in waiting where other.id != waiter?.id && other.request.counts(claim.key, in: self) {
                if let booking = other.booking, booking.order < order { start = max(start, booking.start) }
            }
            for promise in promised
            where promise.order < order && promise.claims.contains(where: { $0.key == claim.key }) {
                start = max(start, promise.start)
            }
        }
        // What satisfies one key may be too early for another, so until none moves it any more.
        while true {
            let latest =
                counted(request).map { claim in
                    log(claim.key, before: waiter).earliestStart(
                        of: claim.weight, under: policy(claim.key)?.windows ?? [], from: start)
                }.max() ?? start
            if latest == start || latest == Timestamp(microseconds: .max) { return latest }
            start = latest
        }
    }

    func holdsWindows(_ request: AcquireRequest, at start: Timestamp) -> Bool {
        counted(request).allSatisfy { claim in
            (logs[claim.key] ?? NaiveLog()).holds(claim.weight, at: start, under: policy(claim.key)?.windows ?? [])
        }
    }

    /// Leases on the key, and waiters that have booked a start there before `order`.
    private func occupied(_ key: LimitKey, before order: UInt64) -> Int {
        let booked = waiting.filter { $0.request.hold && $0.booking.map { $0.order < order } ?? false }
        return (held.values.map(\.request) + booked.map(\.request)).count { $0.claims.contains { $0.key == key } }
    }

    /// - Parameter waiter: one that may have a booking already, which comes before later ones.
    func hasSlots(_ request: AcquireRequest, as waiter: Waiting? = nil) -> Bool {
        let order = waiter?.booking?.order ?? .max
        return !request.hold
            || request.claims.allSatisfy { occupied($0.key, before: order) < policy($0.key)?.maxConcurrent ?? .max }
    }

    /// Whether somebody who came earlier queues for one of the same keys.
    func isBehind(_ request: AcquireRequest, before id: WaiterID? = nil) -> Bool {
        request.hold
            && waiting.contains { waiter in
                id.map { waiter.id < $0 } ?? true && waiter.booking == nil
                    && waiter.request.claims.contains { claim in request.claims.contains { $0.key == claim.key } }
            }
    }

    /// Whether a slot over all keys is free, and nobody with an earlier start waits for one.
    func mayBegin(_ request: AcquireRequest, before id: WaiterID? = nil, at now: Timestamp) -> Bool {
        guard request.hold else { return true }
        let isReady = waiting.prefix { $0.id != id }.contains {
            $0.request.hold && $0.booking.map { $0.start <= now } ?? false
        }
        return held.count < table.document.globalMaxInflight && !isReady
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

    mutating func take(_ request: AcquireRequest, _ grant: Grant, order: UInt64) -> [AcquireRequest.Claim] {
        let taken = counted(request)
        for claim in taken { logs[claim.key, default: NaiveLog()].append(grant.start, weight: claim.weight) }
        promised.append((taken, grant.start, order))
        if let lease = grant.lease, let expires = grant.expires {
            held[lease] = Held(request: request, taken: taken, start: grant.start, expires: expires)
        }
        return taken
    }

    mutating func release(_ id: LeaseID, unused: Bool) -> ReleaseResult {
        guard let lease = held.removeValue(forKey: id) else { return ended[id] ?? .unknown }
        ended[id] = .alreadyReleased
        if unused { giveBack(lease.taken, at: lease.start) }
        return .released
    }

    mutating func renew(_ id: LeaseID, until expires: Timestamp) -> Bool {
        guard held[id] != nil else { return false }
        held[id]?.expires = expires
        return true
    }

    mutating func giveBack(_ claims: [AcquireRequest.Claim], at start: Timestamp) {
        for claim in claims { logs[claim.key]?.giveBack(start, weight: claim.weight) }
        // Another may have been promised the same.
        let index = promised.firstIndex { $0.start == start && $0.claims == claims }
        if let index { promised.remove(at: index) }
    }
}

extension AcquireRequest {
    /// Whether it takes units on the key.
    fileprivate func counts(_ key: LimitKey, in model: LimiterModel) -> Bool {
        model.counted(self).contains { $0.key == key }
    }
}
