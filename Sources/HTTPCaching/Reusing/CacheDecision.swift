package import HTTPTypes

/// What a cache does with a request, by what it has stored for it.
package enum CacheDecision: Hashable, Sendable {
    /// Answer with the stored response; where `refreshes`, fetch a new one in the background (RFC 5861, section 3).
    case serve(Freshness, refreshes: Bool)
    /// Ask the origin whether the stored response still holds.
    case validate(CacheStatus.Forwarding)
    /// Ask the origin as if nothing were stored.
    case forward(CacheStatus.Forwarding)
    /// The client wants nothing but what is stored, and that is not enough: 504.
    case refuse

    /// - Parameters:
    ///   - stored: the newest stored response whose `Vary` matches, complete ones first.
    ///   - terms: those of the stored response; read from it where they are not at hand.
    ///   - isOtherStored: whether there are stored responses for the URL that other requests chose.
    package init(
        on request: HTTPRequest, stored: StoredResponse?, terms: ReuseTerms? = nil, isOtherStored: Bool, now: HTTPDate,
        rules: CacheRules
    ) {
        let asked = CacheControl(ofRequest: request.headerFields)
        let decision = Self.decide(
            request, asked, stored.map { ($0, terms ?? ReuseTerms(of: $0, rules)) }, isOtherStored, now)
        if asked.onlyIfCached {
            switch decision {
            case .serve(let freshness, _): self = .serve(freshness, refreshes: false)
            case .validate, .forward, .refuse: self = .refuse
            }
        } else {
            self = decision
        }
    }

    private static func decide(
        _ request: HTTPRequest, _ asked: CacheControl, _ stored: (StoredResponse, ReuseTerms)?, _ isOtherStored: Bool,
        _ now: HTTPDate
    ) -> CacheDecision {
        guard request.method == .get || request.method == .head else { return .forward(.method) }
        // These ask the origin about its own state, not a cache about what it has (RFC 9111, section 4.3.2).
        guard !request.headerFields.contains(.ifMatch), !request.headerFields.contains(.ifUnmodifiedSince) else {
            return .forward(.bypass)
        }
        guard let (stored, terms) = stored else { return .forward(isOtherStored ? .varyMiss : .uriMiss) }
        guard stored.isEnough(for: request) else { return .forward(.partial) }
        let directives = terms.directives
        let freshness = Freshness(by: terms, now: now)
        guard asked.noCache == .none else { return .validate(.request) }
        guard directives.noCache != .response, !stored.isInvalidated else { return .validate(.stale) }
        // A reload of what will never change asks for nothing new (RFC 8246).
        if asked.refuses(age: freshness.age), !(freshness.isFresh && directives.isImmutable && asked.maxAge == 0) {
            return .validate(freshness.isFresh ? .request : .stale)
        }
        if freshness.isFresh {
            if let margin = asked.minFresh, freshness.remaining < margin { return .validate(.request) }
            return .serve(freshness, refreshes: false)
        }
        let staleness = -freshness.remaining
        guard !freshness.neverStale, asked.minFresh == nil else { return .validate(.stale) }
        let refreshes = freshness.staleWhileRevalidate > 0 && staleness <= freshness.staleWhileRevalidate
        // What the client says of staleness counts before what the origin says.
        let isAccepted =
            asked.maxStale.map { $0 == CacheControl.unlimited || staleness <= $0 } ?? (refreshes && asked.maxAge == nil)
        return isAccepted ? .serve(freshness, refreshes: refreshes) : .validate(.stale)
    }
}

extension CacheControl {
    /// Whether a response of this age is too old for the client. What it accepts of staleness, it accepts of age.
    fileprivate func refuses(age: Int64) -> Bool {
        guard let maxAge else { return false }
        guard let maxStale else { return maxAge == 0 || age > maxAge }
        return maxStale != Self.unlimited && age - maxAge > maxStale
    }
}

extension StoredResponse {
    /// Whether it may stand in for an answer that the origin failed to give (RFC 5861, section 4): instead of a 500,
    /// 502, 503 or 504, or of a connection.
    package func maySubstituteError(for request: HTTPRequest, now: HTTPDate, rules: CacheRules) -> Freshness? {
        let freshness = Freshness(of: self, now: now, rules)
        let asked = CacheControl(ofRequest: request.headerFields)
        guard !freshness.neverStale, !isInvalidated, asked.noCache == .none, isEnough(for: request) else { return nil }
        let window = max(freshness.staleIfError, asked.staleIfError ?? 0)
        return -freshness.remaining <= window && window > 0 ? freshness : nil
    }
}
