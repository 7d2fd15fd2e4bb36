import HTTPTypes
import NIOCore

/// Asks a host's robots.txt before it is crawled (RFC 9309). The file comes through the same stack as everything else.
package struct RobotsLayer<Next: Transport>: Transport {
    private let files: RobotsFiles
    private let productToken: String
    private let next: Next

    /// - Parameter productToken: the name that rules address this crawler by, as it stands in `User-Agent`.
    package init(_ files: RobotsFiles, productToken: String, _ next: Next) {
        self.files = files
        self.productToken = productToken
        self.next = next
    }

    package func withResponse<Result: Sendable>(
        to request: FetchRequest,
        _ consume: @escaping @Sendable (FetchResponse) async throws -> Result
    ) async throws -> Result {
        guard request.role.isCrawling else { return try await next.withResponse(to: request, consume) }
        switch try await verdict(for: request) {
        case .unreachable(let why):
            throw FetchError.robotsDisallowed("\(request.address.origin)/robots.txt cannot be read for now: \(why)")
        case .rules(let rules):
            guard rules.allows(request.address.target) else {
                throw FetchError.robotsDisallowed("\(request.address.origin)/robots.txt disallows it")
            }
            var request = request
            request.spacing = rules.crawlDelay
            return try await next.withResponse(to: request, consume)
        }
    }

    private func verdict(for request: FetchRequest) async throws -> RobotsFiles.Verdict {
        let origin = request.address.origin
        while true {
            if let verdict = files.verdict(of: origin) { return verdict }
            guard let flight = try await files.flights.lead(origin) else { continue }
            defer { files.flights.land(flight) }
            // Another may have landed between the look and the lead.
            if let verdict = files.verdict(of: origin) { return verdict }
            let verdict = try await ask(for: request)
            files.learn(verdict, of: origin)
            return verdict
        }
    }

    private enum Answer: Sendable {
        case verdict(RobotsFiles.Verdict)
        case redirected(to: WebAddress)
    }

    /// At least five in a row, to other hosts as well (RFC 9309, section 2.3.1.2).
    private static var maximumRedirects: Int { 5 }

    private func ask(for request: FetchRequest) async throws -> RobotsFiles.Verdict {
        var address = try WebAddress(parsing: "\(request.address.origin)/robots.txt")
        for _ in 0...Self.maximumRedirects {
            var question = FetchRequest(
                address, role: .landing, headers: [.accept: "text/plain, */*;q=0.1"],
                maximumBodyBytes: .max, timeout: request.timeLeft,
                maximumLimiterWait: request.maximumLimiterWait, maximumAttempts: 3,
                client: request.client)
            question.deadline = request.deadline
            let answer: Answer
            do {
                answer = try await next.withResponse(to: question) { [productToken, address] response in
                    try await Self.read(response, from: address, for: productToken)
                }
            } catch let error as FetchError where error.isTransient || error.reason == "tls_error" {
                return .unreachable(error.detail ?? error.reason)
            }
            switch answer {
            case .verdict(let verdict): return verdict
            case .redirected(let target): address = target
            }
        }
        // Too many redirects count as a file that does not exist.
        return .rules(.allowAll)
    }

    private static func read(
        _ response: FetchResponse, from address: WebAddress, for productToken: String
    ) async throws -> Answer {
        let status = response.status.code
        if let target = try? Redirection.target(
            status: response.status, location: response.headers[.location], from: address)
        {
            return .redirected(to: target)
        }
        switch status {
        case 200..<300:
            var start = ByteBuffer()
            var iterator = response.body.makeAsyncIterator()
            // One byte more tells whether the last line is whole.
            while start.readableBytes <= RobotsRules.parsedBytes, var chunk = try await iterator.next() {
                start.writeBuffer(&chunk)
            }
            let bytes = start.readableBytesView.prefix(RobotsRules.parsedBytes + 1)
            return .verdict(.rules(RobotsRules(parsing: bytes, for: productToken)))
        case 429, 500...:
            // 429 is no statement about the file either.
            return .verdict(.unreachable("it answers \(status)"))
        default:
            return .verdict(.rules(.allowAll))
        }
    }
}
