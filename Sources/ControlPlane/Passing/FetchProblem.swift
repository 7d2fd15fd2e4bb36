import Fetching
import Foundation
import HTTPTypes
import NIOCore
import NIOFoundationEssentialsCompat
import RateLimiting

/// An answer of our own to a fetch that brought none (RFC 9457), told from an upstream's by its `type`.
struct FetchProblem: Error, Encodable {
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
        return FetchProblem(status: status, reason: error.reason, detail: error.detail ?? error.reason).answer(fields)
    }

    /// As a response, with these fields and its own.
    func answer(_ fields: HTTPFields = [:]) -> (HTTPResponse, ByteBuffer) {
        let body = ByteBuffer(data: (try? JSONEncoder().encode(self)) ?? Data())
        var fields = fields
        fields[.contentType] = "application/problem+json"
        fields[.contentLength] = String(body.readableBytes)
        return (HTTPResponse(status: HTTPResponse.Status(code: status), headerFields: fields), body)
    }
}
