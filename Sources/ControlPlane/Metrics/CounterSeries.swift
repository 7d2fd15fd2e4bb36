import CoreMetrics
import Synchronization

/// A sum that only grows. Whole and fractional increments are kept apart, so that the first cost one atomic addition.
final class CounterSeries: MetricSeries, CounterHandler, FloatingPointCounterHandler {
    static let kind = MetricFamily.Kind.counter

    private let whole = Atomic<Int64>(0)
    private let real = AtomicDouble()

    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        whole.wrappingAdd(amount, ordering: .relaxed)
    }

    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        real.add(amount)
    }

    func reset() {
        whole.store(0, ordering: .relaxed)
        real.store(0)
    }

    func samples(_ labels: MetricLabels) -> [MetricFamily.Sample] {
        let whole = whole.load(ordering: .relaxed)
        let real = real.load()
        return [.init(labels: labels, value: real == 0 ? .whole(whole) : .real(Double(whole) + real))]
    }
}
