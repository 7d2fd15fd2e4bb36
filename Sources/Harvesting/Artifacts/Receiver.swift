import Fetching
import HTTPTypes
import NIOCore
import NIOPosix

/// Takes a response apart: decides what it is while it arrives and keeps what is worth keeping.
struct Receiver: Sendable {
    let store: ArtifactStore
    let step: Step

    /// Pages are read for links up to this size.
    static let pageLimit = 2 << 20

    func receive(_ response: FetchResponse) async throws -> Reception {
        let contentType = response.headers[.contentType]
        func reception(_ result: WorkProgress.Result, length: Int? = nil) -> Reception {
            Reception(
                result: result, httpStatus: response.status.code, contentType: contentType, length: length)
        }
        do {
            let location = response.headers[.location]
            if let target = try Redirection.target(status: response.status, location: location, from: step.address) {
                return reception(.redirected(to: target))
            }
        } catch {
            return reception(.unusable(outcome(.httpError, error.reason, error.detail)))
        }
        switch response.status.code {
        case 200:
            return try await body(of: response, contentType, reception)
        case 429, 500, 502, 503, 504:
            return reception(.transient(outcome(.httpError, "http_\(response.status.code)")))
        default:
            return reception(.unusable(outcome(.httpError, "http_\(response.status.code)")))
        }
    }

    private func body(
        of response: FetchResponse,
        _ contentType: String?,
        _ reception: (WorkProgress.Result, Int?) -> Reception
    ) async throws -> Reception {
        let sniffer = BodySniffer(contentType: contentType, path: step.address.path)
        var iterator = response.body.makeAsyncIterator()
        var head = ByteBuffer()
        var chunk = try await iterator.next()
        while var bytes = chunk {
            head.writeBuffer(&bytes)
            guard head.readableBytes < BodySniffer.window else { break }
            chunk = try await iterator.next()
        }
        switch sniffer.classify(head.readableBytesView) {
        case .html:
            while head.readableBytes < Self.pageLimit, var more = try await iterator.next() { head.writeBuffer(&more) }
            let links = LandingPage.links(in: head.readableBytesView.prefix(Self.pageLimit), at: step.address)
            return reception(.page(links: links, outcome(.html, "no_pdf_link")), head.readableBytes)
        case .xml:
            return reception(.unusable(outcome(.xml, "not_a_pdf")), head.readableBytes)
        case _ where step.role == .landing:
            return reception(.file, nil)
        case let classification:
            return try await file(head, &iterator, isCertain: classification == .pdf, response, reception)
        }
    }

    private func file(
        _ head: ByteBuffer,
        _ iterator: inout FetchBody.AsyncIterator,
        isCertain: Bool,
        _ response: FetchResponse,
        _ reception: (WorkProgress.Result, Int?) -> Reception
    ) async throws -> Reception {
        let incoming = try store.receive()
        do {
            try incoming.write(head)
            while let chunk = try await iterator.next() { try incoming.write(chunk) }
            if !isCertain, incoming.length <= BodySniffer.undecidedLimit {
                incoming.discard()
                return reception(.unusable(outcome(.miss, "unknown_content")), incoming.length)
            }
            if let defect = PDFCheck.defect(length: incoming.length, tail: incoming.tail) {
                incoming.discard()
                return reception(.unusable(outcome(.miss, defect)), incoming.length)
            }
            // Making a large file durable takes long enough to hold up everybody on this thread.
            let received = try await incoming.finish(on: .singleton)
            var stored = outcome(.pdf, isCertain ? nil : "pdf_sniff_unknown")
            stored.contentType = response.headers[.contentType]
            stored.etag = response.headers[.eTag]
            stored.lastModified = response.headers[.lastModified]
            stored.artifact = StoredArtifact(sha256: received.sha256, length: received.length)
            var done = reception(.received(stored), received.length)
            done.file = received
            return done
        } catch {
            incoming.discard()
            throw error
        }
    }

    private func outcome(_ classification: Classification, _ reason: String?, _ detail: String? = nil) -> WorkOutcome {
        WorkOutcome(classification, reason: reason, detail: detail).of(step)
    }
}
