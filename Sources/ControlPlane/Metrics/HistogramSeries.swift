import CoreMetrics
import Synchronization

/// Values counted into fixed buckets; timers record seconds.
final class HistogramSeries: MetricSeries, RecorderHandler, TimerHandler {
    static let kind = MetricFamily.Kind.histogram
    static let defaultBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

    private struct Tally {
        /// One more than there are bounds: the last is for what exceeds them all.
        var counts: [Int64]
        var sum = 0.0
    }

    /// Upper bounds, ascending, the infinite one left out.
    private let bounds: [Double]
    /// Buckets and sum change together, so that no scrape sees one without the other.
    private let tally: Mutex<Tally>

    init(bounds: [Double]) {
        self.bounds = bounds
        tally = Mutex(Tally(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func record(_ value: Int64) { record(Double(value)) }
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func record(_ value: Double) {
        guard value.isFinite else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        tally.withLock { tally in
            tally.counts[bucket] += 1
            tally.sum += value
        }
    }

    func samples(_ labels: MetricLabels) -> [MetricFamily.Sample] {
        let tally = tally.withLock { $0 }
        var total: Int64 = 0
        var samples: [MetricFamily.Sample] = []
        for (bound, count) in zip(bounds + [.infinity], tally.counts) {
            total += count
            let bucket = labels.appending("le", MetricValue.real(bound).description)
            samples.append(.init(suffix: "_bucket", labels: bucket, value: .whole(total)))
        }
        samples.append(.init(suffix: "_sum", labels: labels, value: .real(tally.sum)))
        samples.append(.init(suffix: "_count", labels: labels, value: .whole(total)))
        return samples
    }
}
