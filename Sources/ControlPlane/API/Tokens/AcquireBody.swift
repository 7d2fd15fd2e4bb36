import RateLimiting

/// The body of `POST /v1/tokens/acquire` and `/check`. One claim may stand at top level instead of `claims`.
struct AcquireBody: Decodable {
    let claims: [ClaimBody]?
    let host: String?
    let role: String?
    let weight: Int?
    let maxWaitMilliseconds: Int?
    let wait: String?
    let hold: Bool?
    let leaseTTLMilliseconds: Int?
    let client: String?
    let method: String?

    enum CodingKeys: String, StrictKey {
        case claims
        case host
        case role
        case weight
        case maxWaitMilliseconds = "max_wait_ms"
        case wait
        case hold
        case leaseTTLMilliseconds = "lease_ttl_ms"
        case client
        case method
    }

    static let maximumClaims = 32
    static let leaseTTL = 100...3_600_000
    static let maximumWait = 0...3_600_000
    static let weights = 1...1_000_000
    static let defaultLeaseTTL = 60_000
}

struct ClaimBody: Decodable {
    let host: String
    let role: String
    let weight: Int?

    enum CodingKeys: String, StrictKey {
        case host
        case role
        case weight
    }
}

/// The body of `POST /v1/tokens/batch`.
struct BatchBody: Decodable {
    let requests: [AcquireBody]

    enum CodingKeys: String, StrictKey {
        case requests
    }

    static let maximumRequests = 1000

    /// Where the fields of a request stand.
    static func path(_ index: Int) -> String { "requests[\(index)]." }
}
