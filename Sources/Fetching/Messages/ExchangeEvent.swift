import HTTPCaching
import HTTPTypes
import Logging
import Metrics

/// An exchange that has ended, for logs and metrics. URLs are no part of it, since credentials stand in some.
struct ExchangeEvent: Sendable {
    private let request: FetchRequest
    private let facts: Exchange.Facts
    private let duration: Duration
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

    func count() {
        let role = ("role", request.role.rawValue)
        let host = ("host", request.address.host)
        Counter(label: "weir_exchanges_total", dimensions: [host, role, ("outcome", outcome)]).increment()
        if let cache = facts.cache {
            Counter(label: "weir_cache_requests_total", dimensions: [host, role, ("result", cache.result.rawValue)])
                .increment()
        }
        if facts.bytes > 0 {
            Counter(label: "weir_exchange_bytes_total", dimensions: [host, role]).increment(by: facts.bytes)
        }
        guard facts.status != nil else { return }
        Timer(label: "weir_exchange_seconds", dimensions: [role]).record(duration: duration)
        if let first = facts.timeToFirstByte {
            Timer(label: "weir_exchange_first_byte_seconds", dimensions: [role]).record(duration: first)
        }
    }

    /// The class of the status, or the reason why there is no usable response.
    private var outcome: String { reason ?? facts.status.map { "\($0 / 100)xx" } ?? "unknown" }

    func log(to logger: Logger) {
        // Where nothing was sent, whoever asked knows when to come back: nothing to read about in passing.
        let level: Logger.Level = facts.status == nil && facts.attempts == 0 ? .debug : .info
        logger.log(level: level, reason == nil ? "fetched" : "not fetched", metadata: metadata)
    }

    private var metadata: Logger.Metadata {
        var metadata: Logger.Metadata = [
            "stage": "fetch",
            "host": .string(request.address.host),
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
