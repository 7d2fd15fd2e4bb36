import HTTPTypes

/// Follows redirects of what is safe to repeat. Each hop is a fetch of its own: checked, cached and limited under its own
/// host.
package struct RedirectLayer<Next: Transport>: Transport {
    private let next: Next

    /// As many as browsers allow.
    static var maximumHops: Int { 20 }

    package init(_ next: Next) {
        self.next = next
    }

    private enum Hop<Result: Sendable>: Sendable {
        case arrived(Result)
        case redirected(to: WebAddress)
    }

    package func withResponse<Result: Sendable>(
        to request: FetchRequest,
        _ consume: @escaping @Sendable (FetchResponse) async throws -> Result
    ) async throws -> Result {
        guard request.method == .get || request.method == .head else {
            return try await next.withResponse(to: request, consume)
        }
        var request = request
        var visited: Set<WebAddress> = [request.address]
        for _ in 0...Self.maximumHops {
            let address = request.address
            let hop = try await next.withResponse(to: request) { response -> Hop<Result> in
                let location = response.headers[.location]
                if let target = try Redirection.target(status: response.status, location: location, from: address) {
                    return .redirected(to: target)
                }
                return .arrived(try await consume(response))
            }
            switch hop {
            case .arrived(let result): return result
            case .redirected(let target):
                guard visited.insert(target).inserted else {
                    throw FetchError.tooManyRedirects(limit: Self.maximumHops)
                }
                request.headers = Redirection.headers(request.headers, from: address, to: target)
                request.address = target
                request.exchange = Exchange()
            }
        }
        throw FetchError.tooManyRedirects(limit: Self.maximumHops)
    }
}
