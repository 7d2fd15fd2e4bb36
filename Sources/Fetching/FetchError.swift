package import RateLimiting

/// Why a fetch gave no usable response. Each has a ``reason`` that logs, metrics and the manifest share.
package enum FetchError: Error, Hashable, Sendable {
    /// The limiter said no; ``Denial/retryAt`` tells when the same request would be granted.
    case denied(Denial)
    /// The URL cannot be fetched; the text completes "the URL …".
    case invalidURL(String)
    /// The exchange, body included, took longer than its deadline.
    case timeout
    case connectError(String)
    case tlsError(String)
    /// The connection ended before the body did.
    case truncated(String)
    /// More bytes than the request allows.
    case payloadTooLarge(limit: Int)
    /// The limits document knows no such role.
    case limitRefused(String)

    package var reason: String {
        switch self {
        case .denied: "rate_limited"
        case .invalidURL: "invalid_url"
        case .timeout: "timeout"
        case .connectError: "connect_error"
        case .tlsError: "tls_error"
        case .truncated: "truncated"
        case .payloadTooLarge: "payload_too_large"
        case .limitRefused: "limit_refused"
        }
    }

    /// What a person needs beyond the reason.
    package var detail: String? {
        switch self {
        case .denied(let denial): "may start again at \(denial.retryAt)"
        case .invalidURL(let why): "the URL \(why)"
        case .timeout: nil
        case .connectError(let why), .tlsError(let why), .truncated(let why), .limitRefused(let why): why
        case .payloadTooLarge(let limit): "more than \(limit) bytes"
        }
    }

    /// Whether the same request may well succeed a little later.
    package var isTransient: Bool {
        switch self {
        case .timeout, .connectError, .truncated: true
        case .denied, .invalidURL, .tlsError, .payloadTooLarge, .limitRefused: false
        }
    }
}
