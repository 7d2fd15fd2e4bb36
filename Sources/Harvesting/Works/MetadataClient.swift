package import Fetching
import Foundation
import HTTPTypes
import Logging
import NIOCore
import NIOFoundationCompat
package import RateLimiting

/// Asks metadata services politely and patiently: waits where the limits say wait, tries again where it may help.
package struct MetadataClient: Sendable {
    private let transport: any Transport
    private let limits: any LimitBackend

    private static let attempts = 6

    package init(transport: any Transport, limits: any LimitBackend) {
        self.transport = transport
        self.limits = limits
    }

    /// The decoded JSON answer of `url`, or `nil` for a 404.
    ///
    /// - Throws: ``JobFailure`` naming service and cause; `CancellationError`.
    func json<Answer: Decodable & Sendable>(
        _ url: String, as type: Answer.Type, for inquiry: Inquiry
    ) async throws -> Answer? {
        let address: WebAddress
        do {
            address = try WebAddress(parsing: url)
        } catch {
            // The text may carry a credential, so it is not repeated.
            throw JobFailure(reason: error.reason, detail: "metadata base URL: \(error.detail ?? error.reason)")
        }
        var failure = JobFailure(reason: "metadata_unavailable", detail: address.host)
        var attempt = 0
        while attempt < Self.attempts {
            let request = FetchRequest(
                address, role: .metadata, maximumBodyBytes: 32 << 20, timeout: .seconds(60), client: "harvest")
            do {
                let (status, body) = try await transport.withResponse(to: request) { response in
                    let body = try await response.body.collect()
                    return (response.status, body)
                }
                let isAnswer = status == .ok || status == .notFound
                try await inquiry.asked(request, bytes: body.readableBytes, isFailed: !isAnswer)
                switch status.code {
                case 200: return try decode(body, from: address)
                case 404: return nil
                case 429, 500...599:
                    failure = refusal(address, status, body, hiding: inquiry.apiKey)
                default:
                    throw refusal(address, status, body, hiding: inquiry.apiKey)
                }
            } catch let error as FetchError {
                if let time = error.asksAgain(from: await limits.now()) {
                    let wait = LimitWait(
                        host: address.host, role: request.role.rawValue, until: time, reason: error.reason)
                    try await inquiry.waiting(wait) { try await sleep(until: time) }
                    continue
                }
                try await inquiry.asked(request, bytes: 0, isFailed: true)
                failure = JobFailure(
                    reason: error.reason, detail: "\(address.host): \(error.detail ?? error.reason)")
                guard error.isTransient else { throw failure }
            }
            attempt += 1
            inquiry.logger.warning(
                "metadata request failed",
                metadata: ["stage": "works", "reason": "\(failure.reason)", "detail": "\(failure.detail)"])
            if attempt < Self.attempts { try await Task.sleep(for: Backoff.delay(afterTry: attempt)) }
        }
        throw failure
    }

    private func sleep(until time: Timestamp) async throws {
        let microseconds = time.microseconds(since: await limits.now())
        if microseconds > 0 { try await Task.sleep(for: .microseconds(microseconds)) }
    }

    private func decode<Answer: Decodable>(_ body: ByteBuffer, from address: WebAddress) throws -> Answer {
        do {
            return try JSONDecoder().decode(Answer.self, from: body)
        } catch {
            throw JobFailure(reason: "metadata_unreadable", detail: "\(address.host): \(error)")
        }
    }

    /// Services explain themselves in different fields; the start of the body says it whatever its shape.
    private func refusal(
        _ address: WebAddress, _ status: HTTPResponse.Status, _ body: ByteBuffer, hiding key: String?
    ) -> JobFailure {
        let start = String(decoding: body.readableBytesView.prefix(300), as: UTF8.self)
        let text = key.map { start.replacing($0, with: "…") } ?? start
        return JobFailure(reason: "metadata_unavailable", detail: "\(address.host) answered \(status.code): \(text)")
    }
}
