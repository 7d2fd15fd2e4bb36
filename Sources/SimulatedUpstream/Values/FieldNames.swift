import HTTPTypes

extension HTTPField.Name {
    private static func known(_ name: StaticString) -> Self {
        guard let field = Self(name.description) else { preconditionFailure("\(name) is not a field name") }
        return field
    }

    /// Internal: the verdict on a request that came too early.
    static let simulatedRetryAfter = known("X-Sim-Retry-After")
    static let crossrefLimit = known("x-rate-limit-limit")
    static let crossrefInterval = known("x-rate-limit-interval")
    static let crossrefPool = known("x-api-pool")
    static let rateLimit = known("x-ratelimit-limit")
    static let rateLimitRemaining = known("x-ratelimit-remaining")
    static let rateLimitCreditsUsed = known("x-ratelimit-credits-used")
    static let rateLimitReset = known("x-ratelimit-reset")
    static let rateLimitDollars = known("x-ratelimit-limit-usd")
    static let rateLimitRemainingDollars = known("x-ratelimit-remaining-usd")
    static let rateLimitCostDollars = known("x-ratelimit-cost-usd")
}
