import Fetching
import Harvesting
import RateLimiting

extension PrometheusRegistry {
    func observe(_ limits: any LimitBackend) {
        observe {
            let totals = await limits.totals()
            return [
                "weir_in_flight": [.init(totals.inFlight)],
                "weir_waiting": [.init(totals.waiting)],
                "weir_limited_keys": [.init(totals.keys)],
            ]
        }
    }

    func observe(_ cache: CacheStore) {
        observe { ["weir_cache_bytes": [.init(value: .whole(cache.bytes))]] }
    }

    /// Jobs by state.
    func observe(_ manifest: Manifest) {
        observe {
            let counts = try await manifest.jobCounts()
            return [
                "weir_jobs": JobState.allCases.map { state in
                    .init(counts[state] ?? 0, labels: MetricLabels([("state", state.rawValue)]))
                }
            ]
        }
    }
}

extension MetricFamily.Sample {
    fileprivate init(_ count: Int, labels: MetricLabels = MetricLabels()) {
        self.init(labels: labels, value: .whole(Int64(count)))
    }
}
