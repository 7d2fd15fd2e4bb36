import Fetching
import Foundation
import HTTPTypes
import NIOCore
import NIOFoundationEssentialsCompat
import RateLimiting

/// An answer of our own to a fetch that brought none (RFC 9457), told from an upstream's by its `type`.
struct FetchProblem: Encodable {
    let type: String
    let title: String
    let status: Int
    let detail: String
    /// As in logs and metrics.
    let reason: String

    init(status: HTTPResponse.Status, reason: String, detail: String) {
        type = "urn:weir:problem:\(reason)"
        title = status.reasonPhrase
        self.status = status.code
        self.detail = detail
        self.reason = reason
    }

    /// The answer to a fetch that brought none, and its body.
    static func answer(_ error: FetchError, now: Timestamp) -> (HTTPResponse, ByteBuffer) {
        var fields: HTTPFields = [.contentType: "application/problem+json"]
        let status: HTTPResponse.Status
        switch error {
        case .denied(let denial):
            status = .tooManyRequests
            let wait = max(0, denial.retryAt.microseconds(since: now))
            fields[.retryAfter] = String((wait + 999_999) / 1_000_000)
        case .timeout, .notCached: status = .gatewayTimeout
        case .invalidURL: status = .badRequest
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
        let problem = FetchProblem(status: status, reason: error.reason, detail: error.detail ?? error.reason)
        let body = ByteBuffer(data: (try? JSONEncoder().encode(problem)) ?? Data())
        fields[.contentLength] = String(body.readableBytes)
        return (HTTPResponse(status: status, headerFields: fields), body)
    }
}
