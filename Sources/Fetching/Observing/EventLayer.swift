import HTTPTypes
package import Logging

/// Tells of every exchange, once: a log event with all that is known of it, and metrics.
package struct EventLayer<Next: Transport>: Transport {
    private let logger: Logger
    private let next: Next
    private let metrics = SeriesByHost<ExchangeMetrics.Kind, ExchangeMetrics> { ExchangeMetrics($0, $1) }

    package init(_ logger: Logger, _ next: Next) {
        self.logger = logger
        self.next = next
    }

    package func withResponse<Result: Sendable>(
        to request: FetchRequest,
        _ consume: @escaping @Sendable (FetchResponse) async throws -> Result
    ) async throws -> Result {
        let start = ContinuousClock.now
        let exchange = request.exchange
        do {
            let result = try await next.withResponse(to: request) { response in
                exchange.note { facts in
                    facts.status = response.status.code
                    facts.timeToFirstByte = ContinuousClock.now - start
                }
                return try await consume(response)
            }
            tell(ExchangeEvent(request, error: nil, took: ContinuousClock.now - start))
            return result
        } catch {
            tell(ExchangeEvent(request, error: error, took: ContinuousClock.now - start))
            throw error
        }
    }

    private func tell(_ event: ExchangeEvent) {
        metrics[event.host, event.kind].count(event.facts, took: event.duration)
        event.log(to: logger)
    }
}
