/// A line of the log about one fetch.
struct FetchEvent: Decodable {
    let message: String
    let stage: String?
    let host: String?
    let role: String?
    let status: Int?
    let reason: String?
    let cache: String?
    let attempts: Int?
    let breaker: String?
    let bytes: Int?
    let totalMilliseconds: Int?

    enum CodingKeys: String, CodingKey {
        case message
        case stage
        case host
        case role
        case status
        case reason
        case cache
        case attempts
        case breaker
        case bytes
        case totalMilliseconds = "total_ms"
    }
}
