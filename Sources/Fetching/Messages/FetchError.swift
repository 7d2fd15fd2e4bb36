package import RateLimiting

/// Why a fetch gave no usable response. Each has a ``reason`` that logs, metrics and the manifest share.
package enum FetchError: Error, Hashable, Sendable {
    /// The limiter said no; ``Denial/retryAt`` tells when the same request would be granted.
    case denied(Denial)
    /// The URL cannot be fetched; the text completes "the URL …".
    case invalidURL(String)
    /// The body to send is malformed, or ended before its end.
    case malformedRequest(String)
    /// The exchange, body included, took longer than its deadline.
    case timeout
    case connectError(String)
    case tlsError(String)
    /// The connection ended before the body did.
    case truncated(String)
    /// More bytes than the request allows, decompressed.
    case payloadTooLarge(limit: Int)
    /// The response's fields are longer than the limit.
    case fieldsTooLarge(limit: Int)
    /// The body cannot be decompressed, or the response has no meaning.
    case undecodable(String)
    /// The limits document knows no such role.
    case limitRefused(String)
    /// What the limits are shared through is out of reach.
    case limitsUnavailable
    /// Redirects without end, or more than anybody needs.
    case tooManyRedirects(limit: Int)
    /// The host's robots.txt does not want it fetched, or cannot be read for now.
    case robotsDisallowed(String)
    /// The host's robots.txt asks for more time between requests than the request may wait.
    case crawlDelay(Duration)
    /// The host failed too often; nothing is sent for this long.
    case breakerOpen(Duration, hasFailedProbes: Bool)
    /// The client wants nothing but what is stored, and that is not enough.
    case notCached
    /// The address is inside the machine or its private network, and no setting allows it.
    case blockedAddress(String)

    package var reason: String {
        switch self {
        case .denied: "rate_limited"
        case .invalidURL: "invalid_url"
        case .malformedRequest: "malformed_request"
        case .timeout: "timeout"
        case .connectError: "connect_error"
        case .tlsError: "tls_error"
        case .truncated: "truncated"
        case .payloadTooLarge: "payload_too_large"
        case .fieldsTooLarge: "fields_too_large"
        case .undecodable: "undecodable"
        case .limitRefused: "limit_refused"
        case .limitsUnavailable: "limits_unavailable"
        case .tooManyRedirects: "too_many_redirects"
        case .robotsDisallowed: "robots_disallowed"
        case .crawlDelay: "crawl_delay"
        case .breakerOpen: "breaker_open"
        case .notCached: "not_cached"
        case .blockedAddress: "blocked_address"
        }
    }

    /// What a person needs beyond the reason.
    package var detail: String? {
        switch self {
        case .denied(let denial): "may start again at \(denial.retryAt)"
        case .invalidURL(let why): "the URL \(why)"
        case .timeout: nil
        case .limitsUnavailable: "the database that the limits are shared through does not answer"
        case .notCached: "only-if-cached was asked for, and nothing that is stored will do"
        case .connectError(let why), .tlsError(let why), .truncated(let why), .limitRefused(let why),
            .undecodable(let why), .robotsDisallowed(let why), .blockedAddress(let why), .malformedRequest(let why):
            why
        case .payloadTooLarge(let limit), .fieldsTooLarge(let limit): "more than \(limit) bytes"
        case .tooManyRedirects(let limit): "more than \(limit)"
        case .crawlDelay(let wait): "robots.txt wants \(wait.wholeMilliseconds) ms more between requests"
        case .breakerOpen(let wait, _): "the host failed too often; tried again in \(wait.wholeMilliseconds) ms"
        }
    }

    /// Whether the same request may well succeed a little later.
    package var isTransient: Bool {
        switch self {
        case .timeout, .connectError, .truncated, .limitsUnavailable: true
        case .denied, .invalidURL, .malformedRequest, .tlsError, .payloadTooLarge, .fieldsTooLarge, .undecodable,
            .limitRefused,
            .tooManyRedirects, .robotsDisallowed, .crawlDelay, .breakerOpen, .notCached, .blockedAddress:
            false
        }
    }

    /// Whether the host is to blame, rather than what was asked or who asked.
    var isFailureOfHost: Bool {
        switch self {
        case .timeout, .connectError, .tlsError, .truncated: true
        default: false
        }
    }
}

extension Duration {
    /// Rounded down.
    package var wholeMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
