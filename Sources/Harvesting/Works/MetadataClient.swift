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
    private let secrets: [String]

    private static let attempts = 6

    /// - Parameter secrets: credentials that may stand in URLs; taken out of whatever a service answers.
    package init(transport: any Transport, limits: any LimitBackend, secrets: [String]) {
        self.transport = transport
        self.limits = limits
        self.secrets = secrets
    }

    /// The decoded JSON answer of `url`, or `nil` for a 404.
    ///
    /// - Throws: ``JobFailure`` naming service and cause; `CancellationError`.
    func json<Answer: Decodable & Sendable>(
        _ url: String, as type: Answer.Type, logger: Logger
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
            do {
                let request = FetchRequest(
                    address, role: .metadata, maximumBodyBytes: 32 << 20, timeout: .seconds(60),
                    client: "harvest")
                let (status, body) = try await transport.withResponse(to: request) { response in
                    (response.status, try await response.body.collect())
                }
                switch status.code {
                case 200: return try decode(body, from: address)
                case 404: return nil
                case 429, 500...599:
                    failure = refusal(address, status, body)
                default:
                    throw refusal(address, status, body)
                }
            } catch FetchError.denied(let denial) {
                try await sleep(until: denial.asksAgain(from: await limits.now()))
                continue
            } catch FetchError.breakerOpen(let wait, hasFailedProbes: false) {
                try await Task.sleep(for: wait)
                continue
            } catch let error as FetchError {
                failure = JobFailure(
                    reason: error.reason, detail: "\(address.host): \(error.detail ?? error.reason)")
                guard error.isTransient else { throw failure }
            }
            attempt += 1
            logger.warning(
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
    private func refusal(_ address: WebAddress, _ status: HTTPResponse.Status, _ body: ByteBuffer) -> JobFailure {
        let start = String(decoding: body.readableBytesView.prefix(300), as: UTF8.self)
        let text = secrets.reduce(start) { $0.replacing($1, with: "…") }
        return JobFailure(reason: "metadata_unavailable", detail: "\(address.host) answered \(status.code): \(text)")
    }
}
