import HTTPTypes
import Metrics

/// Keeps requests from a host that fails again and again, so that neither side wastes its time.
///
/// Failures are 429, 5xx, and connections that fail or take too long; other answers, 4xx among them, are none.
package struct BreakerLayer<Next: Transport>: Transport {
    private let breakers: Breakers
    private let next: Next

    package init(_ breakers: Breakers, _ next: Next) {
        self.breakers = breakers
        self.next = next
    }

    package func withResponse<Result: Sendable>(
        to request: FetchRequest,
        _ consume: @escaping @Sendable (FetchResponse) async throws -> Result
    ) async throws -> Result {
        let admission: BreakerState
        switch breakers.admit(request) {
        case .admitted(let state):
            admission = state
            request.exchange.note { facts in
                facts.breaker = state
                facts.status = nil
            }
        case .refused(let microseconds, let hasFailedProbes):
            request.exchange.note { $0.breaker = .open }
            throw FetchError.breakerOpen(.microseconds(microseconds), hasFailedProbes: hasFailedProbes)
        }
        do {
            let result = try await next.withResponse(to: request) { response in
                request.exchange.note { $0.status = response.status.code }
                return try await consume(response)
            }
            record(Self.isFailure(request.exchange.facts.status) ? .failure : .success, of: admission, request)
            return result
        } catch {
            record(Self.outcome(error, request.exchange.facts.status, request), of: admission, request)
            throw error
        }
    }

    private static func isFailure(_ status: Int?) -> Bool {
        status.map { $0 == 429 || $0 >= 500 } ?? false
    }

    private static func outcome(_ error: any Error, _ status: Int?, _ request: FetchRequest) -> Breaker.Outcome {
        if isFailure(status) { return .failure }
        switch error {
        case let error as FetchError where error.isFailureOfHost: return .failure
        // The deadline ends an exchange by cancelling it.
        case is CancellationError where request.timeLeft <= .zero: return .failure
        default: return status == nil ? .neutral : .success
        }
    }

    private func record(_ outcome: Breaker.Outcome, of admission: BreakerState, _ request: FetchRequest) {
        guard breakers.record(outcome, of: admission, request) else { return }
        request.exchange.note { $0.opensBreaker = true }
        Counter(
            label: "weir_breaker_opens_total",
            dimensions: [("host", request.address.host), ("role", request.role.rawValue)]
        ).increment()
    }
}
