package import CoreMetrics
import Synchronization

/// Keeps every series of the process and shows them as Prometheus text: the backend of swift-metrics.
///
/// A series once made stays: their number is bounded, and a counter that goes and returns would read as a restart.
package final class PrometheusRegistry: Sendable {
    /// What bounds the memory and the size of a scrape.
    static let maximumHosts = 256
    static let maximumSeries = 4096
    static let droppedSeries = "weir_metrics_dropped_series_total"

    private struct State {
        var families: [String: Family] = [:]
        /// Values of the label `host` so far.
        var hosts: Set<String> = []
        var dropped: Int64 = 0

        /// Callers invent hosts; those that come when the room is used up share one name.
        mutating func bounding(_ labels: MetricLabels) -> MetricLabels {
            guard let host = labels["host"], !hosts.contains(host) else { return labels }
            guard hosts.count < maximumHosts else { return labels.replacing("host", with: "other") }
            hosts.insert(host)
            return labels
        }
    }

    private struct Family {
        let kind: MetricFamily.Kind
        var series: [MetricLabels: any MetricSeries] = [:]

        /// `false` when there is no room, or the name belongs to metrics of another kind.
        mutating func add<Series: MetricSeries>(_ added: Series, _ labels: MetricLabels) -> Bool {
            guard kind == Series.kind, series.count < maximumSeries else { return false }
            series[labels] = added
            return true
        }
    }

    private let help: [String: String]
    private let buckets: [String: [Double]]
    private let state = Mutex(State())
    private let observations = Mutex<[Observation]>([])

    /// Reads gauges: the samples of each by its name.
    package typealias Observation = @Sendable () async throws -> [String: [MetricFamily.Sample]]

    /// - Parameters:
    ///   - help: texts by metric name; a metric without one is shown without one.
    ///   - buckets: upper bounds by metric name, ascending; others get ``HistogramSeries/defaultBuckets``.
    package init(help: [String: String], buckets: [String: [Double]] = [:]) {
        self.help = help
        self.buckets = buckets
    }

    /// Everything known now as Prometheus text.
    package func exposition() async -> String {
        PrometheusText.render(await families())
    }

    /// Has gauges read at each collection. If reading fails, that collection goes without them.
    package func observe(_ observation: @escaping Observation) {
        observations.withLock { $0.append(observation) }
    }

    /// Reads gauges no more, and lets go of what they were read from.
    package func endObservations() {
        observations.withLock { $0 = [] }
    }

    /// Everything known now, sorted by name, each name once: what any exporter collects.
    package func families() async -> [MetricFamily] {
        let observed = await observed()
        let (series, dropped) = state.withLock { ($0.families, $0.dropped) }
        var families = Dictionary((ProcessMetrics.families() + observed).map { ($0.name, $0) }) { first, _ in first }
        for (name, family) in series {
            let samples = family.series.sorted { $0.key < $1.key }.flatMap { $0.value.samples($0.key) }
            families[name] = MetricFamily(name: name, kind: family.kind, help: help[name], samples: samples)
        }
        families[Self.droppedSeries] = MetricFamily(
            name: Self.droppedSeries, kind: .counter,
            help: "Requests for a series that were refused because its metric has too many, or is of another kind.",
            samples: [.init(value: .whole(dropped))])
        return families.values.sorted { $0.name < $1.name }
    }

    private func observed() async -> [MetricFamily] {
        var families: [MetricFamily] = []
        for observation in observations.withLock(\.self) {
            guard let gauges = try? await observation() else { continue }
            families += gauges.map { MetricFamily(name: $0, kind: .gauge, help: help[$0], samples: $1) }
        }
        return families
    }

    /// The series of a name and its labels; one that nobody will see where there is no room or the name is taken.
    private func series<Series: MetricSeries>(
        _ name: String, _ dimensions: [(String, String)], make: () -> Series
    ) -> Series {
        let name = MetricName.metric(name)
        let labels = MetricLabels(dimensions)
        return state.withLock { state in
            let labels = state.bounding(labels)
            if let known = state.families[name]?.series[labels] as? Series { return known }
            let series = make()
            guard state.families[name, default: Family(kind: Series.kind)].add(series, labels) else {
                state.dropped += 1
                return series
            }
            return series
        }
    }

    private func histogram(_ name: String, _ dimensions: [(String, String)]) -> HistogramSeries {
        series(name, dimensions) {
            HistogramSeries(bounds: buckets[MetricName.metric(name)] ?? HistogramSeries.defaultBuckets)
        }
    }
}

extension PrometheusRegistry: MetricsFactory {
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, make: CounterSeries.init)
    }

    package func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(label, dimensions, make: CounterSeries.init)
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions, make: GaugeSeries.init)
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        if aggregate { return histogram(label, dimensions) }
        return series(label, dimensions, make: GaugeSeries.init)
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, dimensions)
    }

    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}
}
