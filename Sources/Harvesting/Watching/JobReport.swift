import RateLimiting

/// A job and all that is to be seen of how it goes.
package struct JobReport: Encodable, Sendable {
    package let job: Job
    package let hosts: [Host]
    package let resolvers: [ResolverPart]
    /// Over the last minute, while it runs.
    package let rates: Rates?
    /// Seconds until it ends at this rate; `nil` while that cannot be told.
    package let etaSeconds: Int?
    /// Where works wait now.
    package let waits: [JobWait]
    package let indicators: Indicators

    package struct Host: Encodable, Sendable {
        package let host: String
        package let role: String
        package let requests: Int
        package let fromCache: Int
        package let failed: Int
        package let tooMany: Int
        /// How often a failure of these requests opened the host's breaker.
        package let breakerOpens: Int
        package let bytes: Int
        package let limiterWaitMilliseconds: Int

        enum CodingKeys: String, CodingKey {
            case host
            case role
            case requests
            case fromCache = "from_cache"
            case failed
            case tooMany = "too_many"
            case breakerOpens = "breaker_opens"
            case bytes
            case limiterWaitMilliseconds = "limiter_wait_ms"
        }
    }

    package struct ResolverPart: Encodable, Sendable {
        package let resolver: String
        package let requests: Int
        package let failed: Int
        /// Works whose file came by it.
        package let files: Int
    }

    package struct Rates: Encodable, Sendable {
        package let works: Double
        package let requests: Double
        package let bytes: Double

        enum CodingKeys: String, CodingKey {
            case works = "works_per_s"
            case requests = "requests_per_s"
            case bytes = "bytes_per_s"
        }
    }

    /// What tells a good run from a bad one; `nil` where there is nothing to tell from.
    package struct Indicators: Encodable, Sendable {
        /// Share of settled works that have their file, of those that were looked for.
        package let yield: Double?
        /// From the first request for a work to its file.
        package let timeToFileP50: Int?
        package let timeToFileP95: Int?
        /// Share of answers about metadata that were stored before.
        package let metadataCacheHits: Double?
        package let limiterWaitP95: Int?
        /// Share of requests that were answered 429.
        package let tooManyRatio: Double?
        package let breakerOpens: Int
        /// Files that were damaged, and not kept.
        package let refusedFiles: Int

        enum CodingKeys: String, CodingKey {
            case yield
            case timeToFileP50 = "time_to_file_p50_ms"
            case timeToFileP95 = "time_to_file_p95_ms"
            case metadataCacheHits = "metadata_cache_hits"
            case limiterWaitP95 = "limiter_wait_p95_ms"
            case tooManyRatio = "too_many_ratio"
            case breakerOpens = "breaker_opens"
            case refusedFiles = "refused_files"
        }
    }

    private enum CodingKeys: String, CodingKey {
        case hosts
        case resolvers
        case rates
        case etaSeconds = "eta_s"
        case waits
        case indicators
    }

    package func encode(to encoder: any Encoder) throws {
        try job.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(hosts, forKey: .hosts)
        try container.encode(resolvers, forKey: .resolvers)
        try container.encode(rates, forKey: .rates)
        try container.encode(etaSeconds, forKey: .etaSeconds)
        try container.encode(waits, forKey: .waits)
        try container.encode(indicators, forKey: .indicators)
    }
}
