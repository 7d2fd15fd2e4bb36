import Foundation
import HTTPCaching
import HTTPTypes
import NIOCore
package import RateLimiting

/// Answers what it can from what was fetched before (RFC 9111), and keeps what comes by.
///
/// Of several that ask for the same, one goes to the origin and the others wait for what it brings.
package struct CacheLayer<Next: Transport>: Transport {
    let store: CacheStore
    let policies: CachePolicies
    let time: any TimeSource
    let flights: Flights<CacheKey>
    let refreshes: BackgroundWork
    let next: Next

    package init(
        _ store: CacheStore, _ policies: CachePolicies, time: any TimeSource, refreshes: BackgroundWork, _ next: Next
    ) {
        self.store = store
        self.policies = policies
        self.time = time
        self.refreshes = refreshes
        self.next = next
        flights = Flights()
    }

    package func withResponse<Result: Sendable>(
        to request: FetchRequest,
        _ consume: @escaping @Sendable (FetchResponse) async throws -> Result
    ) async throws -> Result {
        guard let rules = rules(for: request) else {
            return try await next.withResponse(to: request, consume)
        }
        // What a body asks for is no part of the URL that stored responses go by.
        guard request.method == .get || request.method == .head, request.body == nil else {
            return try await passing(request, rules, consume)
        }
        let key = CacheKey(request.address)
        var isCollapsed = false
        // Without their bytes, whether the store could forget them or not.
        var lost: Set<Int64> = []
        while true {
            let entries = await store.entries(for: key, without: lost)
            let chosen = Self.newest(entries.filter { $0.matches(request.headers) })
            let decision = CacheDecision(
                on: request.head, stored: chosen?.response, terms: chosen?.terms(rules),
                isOtherStored: !entries.isEmpty, now: now, rules: rules)
            switch decision {
            case .serve(let freshness, let refreshes):
                guard let chosen else { throw FetchError.notCached }
                guard let body = await body(of: chosen, for: request) else {
                    lost.insert(chosen.id)
                    continue
                }
                if refreshes { refresh(request, chosen, entries, rules) }
                var status = CacheStatus()
                status.timeToLive = freshness.remaining
                status.isCollapsed = isCollapsed
                return try await consume(response(request, chosen, freshness, body, status))
            case .refuse:
                throw FetchError.notCached
            case .forward(let why), .validate(let why):
                var visit = Visit(
                    request: request, key: key, rules: rules, epoch: store.epoch, entries: entries, forwarding: why)
                if case .validate = decision { visit.validating = chosen }
                if why == .partial { visit.completing = chosen }
                visit.isCollapsed = isCollapsed
                // Others may wait for this one only where its answer could be theirs.
                let isShareable = request.method == .get && !request.headers.contains(.range)
                guard isShareable, !isCollapsed, why != .request, why != .bypass else {
                    return try await visiting(visit, consume)
                }
                guard let flight = try await flights.lead(key) else {
                    isCollapsed = true
                    continue
                }
                defer { flights.land(flight) }
                // Another may have landed between the look and the lead.
                let known = await store.entries(for: key, without: lost)
                guard known.elementsEqual(entries, by: { $0.isSame(as: $1) }) else { continue }
                visit.flight = flight
                return try await visiting(visit, consume)
            }
        }
    }

    /// `nil` where the cache has nothing to do with it.
    private func rules(for request: FetchRequest) -> CacheRules? {
        guard var rules = policies.rules(host: request.address.host, role: request.role) else { return nil }
        guard request.isForOthers else { return rules }
        // Several clients share what is stored: nothing that one of them may have shown a credential for, or got one by.
        guard request.headers.allSatisfy({ $0.name.isImpersonal || $0.name.isCondition }) else { return nil }
        rules.isShared = true
        rules.storesCookies = false
        return rules
    }

    var now: HTTPDate { HTTPDate(seconds: time.now().microseconds / 1_000_000) }

    /// Whole responses before parts, newer before older.
    static func newest(_ entries: [CacheEntry]) -> CacheEntry? {
        entries.max { a, b in
            let (whole, other) = (a.response.isComplete, b.response.isComplete)
            return whole == other ? (a.response.date, a.id) < (b.response.date, b.id) : !whole
        }
    }

    private func refresh(
        _ request: FetchRequest, _ stale: CacheEntry, _ entries: [CacheEntry], _ rules: CacheRules
    ) {
        var request = request
        request.exchange = Exchange()
        request.onInterim = nil
        request.deadline = nil
        // Somebody may be at it already.
        guard let flight = flights.takeOff(stale.key) else { return }
        let visit = Visit(
            request: request, key: stale.key, rules: rules, epoch: store.epoch, entries: entries, forwarding: .stale,
            validating: stale, flight: flight, isBackground: true)
        let isAccepted = refreshes.start {
            defer { flights.land(flight) }
            try? await withDeadline(visit.request) { request in
                var visit = visit
                visit.request = request
                try await visiting(visit) { response in
                    for try await _ in response.body {}
                }
            }
        }
        if !isAccepted { flights.land(flight) }
    }
}

/// A request on its way past the cache to the origin.
struct Visit: Sendable {
    var request: FetchRequest
    let key: CacheKey
    let rules: CacheRules
    /// When it began.
    let epoch: Invalidations.Epoch
    /// All that is stored for the URL.
    let entries: [CacheEntry]
    let forwarding: CacheStatus.Forwarding
    /// What the origin is asked about.
    var validating: CacheEntry?
    /// A stored part that may be completed.
    var completing: CacheEntry?
    var isCollapsed = false
    /// Where others wait for what it brings.
    var flight: Flights<CacheKey>.Flight?
    var isBackground = false
}
