import Fetching
import Foundation
import HTTPTypes
import NIOCore
import NIOFoundationCompat

/// Takes the answer of a resolver's service apart.
struct LookupReader: Sendable {
    let service: ResolverService
    let lookup: Lookup

    func receive(_ response: FetchResponse) async throws -> Reception {
        let body = try await response.body.collect()
        return Reception(
            result: result(response.status.code, body), httpStatus: response.status.code,
            contentType: response.headers[.contentType], length: body.readableBytes)
    }

    private func result(_ status: Int, _ body: ByteBuffer) -> WorkProgress.Result {
        switch status {
        case 200:
            do {
                return .found(try service.resolver.findings(in: Data(buffer: body), to: lookup))
            } catch {
                return .unusable(WorkOutcome(.miss, reason: "metadata_unreadable", detail: "\(error)"))
            }
        case 404:
            return .found(Findings())
        case 429, 500, 502, 503, 504:
            return .transient(WorkOutcome(.httpError, reason: "http_\(status)"))
        default:
            return .unusable(WorkOutcome(.httpError, reason: "http_\(status)"))
        }
    }
}
