import Fetching
import HTTPTypes
import RateLimiting

extension Problem {
    /// Why a fetch brought no answer.
    ///
    /// - Parameter now: by the limits' clock.
    init(_ error: FetchError, now: Timestamp) {
        var fields: HTTPFields = [:]
        let status: HTTPResponse.Status
        switch error {
        case .denied(let denial):
            status = .tooManyRequests
            let wait = max(0, denial.retryAt.microseconds(since: now))
            fields[.retryAfter] = String((wait + 999_999) / 1_000_000)
        case .timeout, .notCached: status = .gatewayTimeout
        case .invalidURL, .malformedRequest: status = .badRequest
        case .limitRefused: status = .internalServerError
        case .breakerOpen(let wait, _), .crawlDelay(let wait):
            status = .serviceUnavailable
            fields[.retryAfter] = String((wait.wholeMilliseconds + 999) / 1000)
        case .limitsUnavailable:
            status = .serviceUnavailable
            fields[.retryAfter] = "1"
        case .robotsDisallowed, .blockedAddress: status = .forbidden
        case .connectError, .tlsError, .truncated, .payloadTooLarge, .fieldsTooLarge, .undecodable,
            .tooManyRedirects:
            status = .badGateway
        }
        self.init(status: status, reason: error.reason, detail: error.detail ?? error.reason, headers: fields)
    }
}
