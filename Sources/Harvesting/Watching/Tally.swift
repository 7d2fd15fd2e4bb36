import RateLimiting

/// What happened in a job, as counters: what its view is made of, however many works it has. The manifest keeps the sums
/// and adds to them in the transaction that records what they count.
struct Tally: Sendable {
    /// What a counter is about, and what it counts.
    struct Key: Hashable, Sendable {
        let scope: Scope
        /// Of the host and role, the resolver, the classification, or the bucket.
        let name: String
        let measure: String
    }

    enum Scope: String, Sendable, CaseIterable {
        case job
        case classification
        case host
        case resolver
        /// A distribution: the name is a bucket's upper bound in milliseconds.
        case wait
        case timeToFile = "time_to_file"
    }

    private(set) var counts: [Key: Int] = [:]

    subscript(measure: String, scope: Scope, name: String = "") -> Int {
        counts[Key(scope: scope, name: name, measure: measure), default: 0]
    }

    /// Names and values of one measure in a scope.
    func all(_ measure: String, _ scope: Scope) -> [String: Int] {
        counts.reduce(into: [:]) { all, count in
            if count.key.scope == scope, count.key.measure == measure, count.value != 0 {
                all[count.key.name] = count.value
            }
        }
    }

    mutating func add(_ value: Int = 1, _ measure: String, _ scope: Scope, _ name: String = "") {
        guard value != 0 else { return }
        counts[Key(scope: scope, name: name, measure: measure), default: 0] += value
    }

    /// A request that has ended, whatever it was for.
    struct Request: Sendable {
        let host: String
        let role: String
        let httpStatus: Int?
        let isFailed: Bool
        let isFromCache: Bool
        let opensBreaker: Bool
        /// Of the answer's body.
        let bytes: Int
        let limiterWaitMilliseconds: Int
    }

    mutating func add(_ request: Request) {
        let host = "\(request.host) \(request.role)"
        add(1, "requests", .host, host)
        if request.isFromCache { add(1, "from_cache", .host, host) }
        if request.isFailed { add(1, "failed", .host, host) }
        if request.httpStatus == 429 { add(1, "too_many", .host, host) }
        if request.opensBreaker { add(1, "breaker_opens", .host, host) }
        add(request.bytes, "bytes", .host, host)
        add(request.limiterWaitMilliseconds, "limiter_wait_ms", .host, host)
        add(1, "count", .wait, Self.bucket(request.limiterWaitMilliseconds))
    }

    mutating func add(_ attempt: Attempt) {
        add(Request(attempt))
        let resolver = attempt.resolver.rawValue
        add(1, "requests", .resolver, resolver)
        if attempt.status == .failed { add(1, "failed", .resolver, resolver) }
    }

    mutating func add(_ outcome: WorkOutcome, startedAt: Timestamp?, at time: Timestamp) {
        add(1, "works", .classification, outcome.classification.rawValue)
        if let reason = outcome.reason { add(1, reason, .classification, outcome.classification.rawValue) }
        guard outcome.classification == .pdf, let artifact = outcome.artifact else { return }
        add(artifact.length, "bytes", .job)
        if let resolver = outcome.resolver { add(1, "files", .resolver, resolver.rawValue) }
        if let startedAt {
            add(1, "count", .timeToFile, Self.bucket(Int(time.microseconds(since: startedAt) / 1000)))
        }
    }

    /// Upper bounds that grow by a tenth: a quantile read from them is at most that much too high.
    static func bucket(_ milliseconds: Int) -> String {
        var bound = 1
        while bound < milliseconds { bound += max(1, bound / 10) }
        return milliseconds <= 0 ? "0" : String(bound)
    }

    /// The upper bound that a share of a distribution lies below; `nil` where nothing was counted.
    ///
    /// - Parameter buckets: counts by upper bound.
    static func quantile(_ share: Double, of buckets: [Int: Int]) -> Int? {
        let total = buckets.values.reduce(0, +)
        var left = (Double(total) * share).rounded(.up)
        for (bound, count) in buckets.sorted(by: { $0.key < $1.key }) {
            left -= Double(count)
            if left <= 0, total > 0 { return bound }
        }
        return nil
    }
}
