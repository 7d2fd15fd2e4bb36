import HTTPTypes
import Metrics

/// Counts what upstreams answer, by host, role and class of status; failures count under their reason.
package struct MetricsLayer<Next: Transport>: Transport {
    private struct Kind: Hashable {
        let role: FetchRole
        let outcome: String
    }

    private let next: Next
    private let responses = SeriesByHost<Kind, Counter> { host, kind in
        Counter(
            label: "weir_upstream_responses_total",
            dimensions: [("host", host), ("role", kind.role.rawValue), ("class", kind.outcome)])
    }

    package init(_ next: Next) {
        self.next = next
    }

    package func withResponse<Result: Sendable>(
        to request: FetchRequest,
        _ consume: @escaping @Sendable (FetchResponse) async throws -> Result
    ) async throws -> Result {
        do {
            return try await next.withResponse(to: request) { response in
                let result: Result
                do {
                    result = try await consume(response)
                } catch let error as FetchError {
                    // Counted once, below, under what went wrong with the body.
                    throw error
                } catch {
                    count(request, response.status.countedClass)
                    throw error
                }
                count(request, response.status.countedClass)
                return result
            }
        } catch let error as FetchError {
            count(request, error.reason)
            throw error
        }
    }

    private func count(_ request: FetchRequest, _ outcome: String) {
        responses[request.address.host, Kind(role: request.role, outcome: outcome)].increment()
    }
}

extension HTTPResponse.Status {
    /// Such as `2xx`.
    var countedClass: String {
        switch code / 100 {
        case 2: "2xx"
        case 3: "3xx"
        case 4: "4xx"
        case 5: "5xx"
        default: "1xx"
        }
    }
}
