package import Fetching

/// One request made for a work.
package struct Attempt: Hashable, Sendable {
    package enum Status: String, Sendable, CaseIterable {
        case ok
        case redirected
        case failed
    }

    package let resolver: ResolverName
    package let originalURL: String
    package let url: String
    package let role: String
    package let host: String
    package let status: Status
    package let httpStatus: Int?
    package let classification: Classification?
    package let reason: String?
    package let reasonDetail: String?
    package let contentType: String?
    package let contentLength: Int?
    package let elapsedMilliseconds: Int
    package let limiterWaitMilliseconds: Int
    /// Whether what was stored answered, and the host sent no body.
    package let isFromCache: Bool
    /// How the host's breaker was found; `nil` where the request did not come so far.
    package let breakerState: BreakerState?
    /// Whether it was the failure that opened the breaker; counted, and not kept.
    package let opensBreaker: Bool
}

extension Attempt {
    init(
        _ step: Step, _ result: WorkProgress.Result, _ reception: Reception?, _ facts: Exchange.Facts,
        elapsed: Duration
    ) {
        let (status, outcome): (Status, WorkOutcome?) =
            switch result {
            case .received(let outcome), .page(_, let outcome): (.ok, outcome)
            case .redirected: (.redirected, nil)
            case .file, .found: (.ok, nil)
            case .unusable(let outcome), .transient(let outcome): (.failed, outcome)
            }
        self.init(
            resolver: step.resolver, originalURL: step.originalURL, url: step.address.text,
            role: step.role.rawValue, host: step.address.host, status: status,
            httpStatus: reception?.httpStatus, classification: outcome?.classification,
            reason: outcome?.reason, reasonDetail: outcome?.reasonDetail,
            contentType: reception?.contentType, contentLength: reception?.length,
            elapsedMilliseconds: Int(elapsed.wholeMilliseconds),
            limiterWaitMilliseconds: Int(facts.limiterWait.wholeMilliseconds),
            isFromCache: facts.isFromCache, breakerState: facts.breaker, opensBreaker: facts.opensBreaker)
    }
}
