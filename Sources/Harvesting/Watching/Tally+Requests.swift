import Fetching

extension Tally.Request {
    /// One that was made for a work.
    init(_ attempt: Attempt) {
        self.init(
            host: attempt.host, role: attempt.role, httpStatus: attempt.httpStatus,
            isFailed: attempt.status == .failed, isFromCache: attempt.isFromCache, opensBreaker: attempt.opensBreaker,
            bytes: attempt.contentLength ?? 0, limiterWaitMilliseconds: attempt.limiterWaitMilliseconds)
    }

    /// - Parameter bytes: of the answer's body.
    init(_ request: FetchRequest, bytes: Int, isFailed: Bool) {
        let facts = request.exchange.facts
        self.init(
            host: request.address.host, role: request.role.rawValue, httpStatus: facts.status, isFailed: isFailed,
            isFromCache: facts.isFromCache, opensBreaker: facts.opensBreaker, bytes: bytes,
            limiterWaitMilliseconds: Int(facts.limiterWait.wholeMilliseconds))
    }
}
