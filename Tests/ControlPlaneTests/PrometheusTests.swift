import CoreMetrics
import Testing

@testable import ControlPlane

struct PrometheusTests {
    private let registry = PrometheusRegistry(
        help: [
            "weir_grants_total": "Requests granted.", "weir_wait_seconds": "How long\\how\nmuch \"quoted\".",
            "weir_queue_length": "Waiting.",
        ],
        buckets: ["weir_body_bytes": [10, 1000]])

    /// What the tests made, without what the registry adds by itself.
    private func own() async -> String {
        PrometheusText.render(
            await registry.families().filter { $0.name.hasPrefix("weir_") && !$0.name.contains("dropped") })
    }

    private func counter(_ label: String, _ dimensions: [(String, String)] = []) -> CoreMetrics.Counter {
        CoreMetrics.Counter(label: label, dimensions: dimensions, factory: registry)
    }

    @Test func writesCounters() async throws {
        counter("weir_grants_total", [("role", "b"), ("host", "x")]).increment(by: 3)
        counter("weir_grants_total", [("host", "x"), ("role", "b")]).increment()
        counter("weir_grants_total", [("host", "x"), ("role", "a")]).increment(by: Int64(1) << 60)
        FloatingPointCounter(label: "weir.work-done", factory: registry).increment(by: 0.25)
        FloatingPointCounter(label: "weir_work_done", factory: registry).increment(by: 1.5)
        #expect(
            await own() == """
                # HELP weir_grants_total Requests granted.
                # TYPE weir_grants_total counter
                weir_grants_total{host="x",role="a"} 1152921504606846976
                weir_grants_total{host="x",role="b"} 4
                # TYPE weir_work_done counter
                weir_work_done 1.75

                """)
    }

    @Test func writesGauges() async throws {
        let meter = Meter(label: "weir_queue_length", factory: registry)
        meter.set(7)
        meter.increment(by: 2.5)
        meter.decrement()
        Gauge(label: "weir_load", factory: registry).record(-0.125)
        Meter(label: "weir_endless", factory: registry).set(Double.infinity)
        #expect(
            await own() == """
                # TYPE weir_endless gauge
                weir_endless +Inf
                # TYPE weir_load gauge
                weir_load -0.125
                # HELP weir_queue_length Waiting.
                # TYPE weir_queue_length gauge
                weir_queue_length 8.5

                """)
    }

    @Test func writesHistograms() async throws {
        let recorder = Recorder(label: "weir.body.bytes", dimensions: [("le", "x")], factory: registry)
        for value in [10, 11, 999, 5000] { recorder.record(value) }
        recorder.record(Double.nan)
        #expect(
            await own() == """
                # TYPE weir_body_bytes histogram
                weir_body_bytes_bucket{le_="x",le="10"} 1
                weir_body_bytes_bucket{le_="x",le="1000"} 3
                weir_body_bytes_bucket{le_="x",le="+Inf"} 4
                weir_body_bytes_sum{le_="x"} 6020
                weir_body_bytes_count{le_="x"} 4

                """)
    }

    @Test func timersRecordSeconds() async throws {
        let timer = Timer(label: "weir_wait_seconds", factory: registry)
        timer.recordMilliseconds(2)
        timer.recordMilliseconds(250)
        timer.recordSeconds(61)
        let family = try #require(try ExpositionParser(await own()).families["weir_wait_seconds"])
        #expect(family.help == "How long\\\\how\\nmuch \"quoted\".")
        #expect(family.kind == "histogram")
        let buckets = family.samples.filter { $0.name == "weir_wait_seconds_bucket" }
        #expect(
            buckets.map { $0.labels["le"] } == [
                "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "30",
                "60", "+Inf",
            ])
        #expect(buckets.map(\.value) == [0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3])
        #expect(family.samples.suffix(2).map(\.value) == [61.252, 3])
    }

    @Test(arguments: [
        "", "plain", "a\\b", "say \"hi\"", "two\nlines", "\\n", "naïve \u{1F30A}", "{a=\"b\"},", "e\u{301}",
    ])
    func labelValuesSurvive(value: String) async throws {
        counter("weir_odd_total", [("value", value)]).increment()
        let sample = try ExpositionParser(await own()).families["weir_odd_total"]?.samples.first
        #expect(sample?.labels == ["value": value])
    }

    @Test(arguments: [
        ("weir.a-b c", "weir_a_b_c"), ("9lives", "_9lives"), ("", "_"), ("a:b", "a:b"), ("größe", "gr__e"),
    ])
    func metricNamesAreMadeValid(label: String, name: String) async throws {
        counter(label).increment()
        #expect(try ExpositionParser(await registry.exposition()).families[name]?.samples.first?.value == 1)
    }

    @Test func labelNamesAreMadeValid() async throws {
        counter("weir_a_total", [("a.b", "1"), ("a-b", "2"), ("9", "3"), ("__name__", "4"), ("x:y", "5")]).increment()
        let sample = try ExpositionParser(await own()).families["weir_a_total"]?.samples.first
        #expect(sample?.labels == ["a_b": "1", "_9": "3", "label__name__": "4", "x_y": "5"])
    }

    @Test func hostsAreBounded() async throws {
        for number in 0..<300 {
            counter("weir_a_total", [("host", "h\(number)")]).increment()
            counter("weir_b_total", [("host", "h\(299 - number)")]).increment()
        }
        let families = try ExpositionParser(await own()).families
        let first = try #require(families["weir_a_total"]?.samples)
        let second = try #require(families["weir_b_total"]?.samples)
        let hosts = Set((first + second).compactMap { $0.labels["host"] })
        #expect(hosts.count == 257)
        #expect(first.map(\.value).reduce(0, +) == 300)
        #expect(second.map(\.value).reduce(0, +) == 300)
        #expect(first.first { $0.labels["host"] == "other" }.map(\.value) == 44)
    }

    @Test func seriesAreBoundedAndTheRestIsCounted() async throws {
        for number in 0..<4100 { counter("weir_many_total", [("id", "\(number)")]).increment() }
        Meter(label: "weir_many_total", factory: registry).set(1)
        let families = try ExpositionParser(await registry.exposition()).families
        #expect(families["weir_many_total"]?.samples.count == 4096)
        #expect(families["weir_many_total"]?.kind == "counter")
        #expect(families["weir_metrics_dropped_series_total"]?.samples.map(\.value) == [5])
    }

    @Test func concurrentIncrementsAddUp() async throws {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { [registry] in
                    for _ in 0..<1000 {
                        CoreMetrics.Counter(label: "weir_c_total", factory: registry).increment()
                        FloatingPointCounter(label: "weir_f_total", factory: registry).increment(by: 0.5)
                        Recorder(label: "weir_r", factory: registry).record(2)
                    }
                }
            }
        }
        let families = try ExpositionParser(await own()).families
        #expect(families["weir_c_total"]?.samples.map(\.value) == [8000])
        #expect(families["weir_f_total"]?.samples.map(\.value) == [4000])
        #expect(families["weir_r"]?.samples.suffix(2).map(\.value) == [16_000, 8000])
    }

    @Test func outputIsTheSameEveryTime() async throws {
        for number in (0..<50).shuffled() { counter("weir_x\(number % 7)_total", [("n", "\(number)")]).increment() }
        #expect(await own() == own())
        let names = await own().split(separator: "\n").filter { $0.hasPrefix("# TYPE") }
        #expect(names == names.sorted())
    }
}
