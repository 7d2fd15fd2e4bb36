import HTTPCaching
import HTTPTypes
import Logging

/// An exchange that has ended, for logs and metrics. URLs are no part of it, since credentials stand in some.
struct ExchangeEvent: Sendable {
    private let request: FetchRequest
    let facts: Exchange.Facts
    let duration: Duration
    /// Why there is no usable response; `nil` where there is one, whatever became of it.
    private let reason: String?
    private let detail: String?

    init(_ request: FetchRequest, error: (any Error)?, took duration: Duration) {
        self.request = request
        self.duration = duration
        facts = request.exchange.facts
        switch error {
        case let error as FetchError:
            (reason, detail) = (error.reason, error.detail)
        case is CancellationError:
            // The deadline ends an exchange by cancelling it.
            (reason, detail) = (request.timeLeft <= .zero ? FetchError.timeout.reason : "cancelled", nil)
        default:
            (reason, detail) = (nil, nil)
        }
    }

    var host: String { request.address.host }

    /// Which metrics of the host count it.
    var kind: ExchangeMetrics.Kind {
        ExchangeMetrics.Kind(
            role: request.role,
            outcome: reason ?? facts.status.map { HTTPResponse.Status(code: $0).countedClass } ?? "unknown",
            cache: facts.cache?.result)
    }

    func log(to logger: Logger) {
        // Where nothing was sent, whoever asked knows when to come back: nothing to read about in passing.
        let level: Logger.Level = facts.status == nil && facts.attempts == 0 ? .debug : .info
        logger.log(level: level, reason == nil ? "fetched" : "not fetched", metadata: metadata)
    }

    private var metadata: Logger.Metadata {
        var metadata: Logger.Metadata = [
            "stage": "fetch",
            "host": .string(host),
            "role": .string(request.role.rawValue),
            "method": .string(request.method.rawValue),
            "client": .string(request.client),
            "attempts": .stringConvertible(facts.attempts),
            "limiter_wait_ms": .stringConvertible(Int(facts.limiterWait.wholeMilliseconds)),
            "bytes": .stringConvertible(facts.bytes),
            "total_ms": .stringConvertible(Int(duration.wholeMilliseconds)),
        ]
        if let status = facts.status { metadata["status"] = .stringConvertible(status) }
        if let cache = facts.cache { metadata["cache"] = .string(cache.result.rawValue) }
        if let breaker = facts.breaker { metadata["breaker"] = .string(breaker.rawValue) }
        if let first = facts.timeToFirstByte {
            metadata["first_byte_ms"] = .stringConvertible(Int(first.wholeMilliseconds))
        }
        if let reason { metadata["reason"] = .string(reason) }
        if let detail { metadata["detail"] = .string(detail) }
        return metadata
    }
}
