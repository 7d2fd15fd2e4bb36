import HTTPCaching
import Metrics

/// The metrics of exchanges, for one host, role and outcome.
struct ExchangeMetrics: Sendable {
    struct Kind: Hashable, Sendable {
        let role: FetchRole
        /// The class of the status, or the reason why there is no usable response.
        let outcome: String
        let cache: CacheStatus.Result?
    }

    private let exchanges: Counter
    private let cache: Counter?
    private let bytes: Counter
    private let total: Timer
    private let firstByte: Timer

    init(_ host: String, _ kind: Kind) {
        let role = ("role", kind.role.rawValue)
        let host = ("host", host)
        exchanges = Counter(label: "weir_exchanges_total", dimensions: [host, role, ("outcome", kind.outcome)])
        cache = kind.cache.map { result in
            Counter(label: "weir_cache_requests_total", dimensions: [host, role, ("result", result.rawValue)])
        }
        bytes = Counter(label: "weir_exchange_bytes_total", dimensions: [host, role])
        total = Timer(label: "weir_exchange_seconds", dimensions: [role])
        firstByte = Timer(label: "weir_exchange_first_byte_seconds", dimensions: [role])
    }

    func count(_ facts: Exchange.Facts, took duration: Duration) {
        exchanges.increment()
        cache?.increment()
        bytes.increment(by: facts.bytes)
        // What was refused at once would make the answers look faster than they are.
        guard let first = facts.timeToFirstByte else { return }
        total.record(duration: duration)
        firstByte.record(duration: first)
    }
}
