package import Fetching

/// One request made for a work.
package struct Attempt: Hashable, Sendable {
    package let resolver: Resolver
    package let originalURL: String
    package let url: String
    package let role: String
    package let host: String
    /// `ok`, `redirected` or `failed`.
    package let status: String
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
}
