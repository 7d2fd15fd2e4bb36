import RateLimiting
import Testing

@testable import ControlPlane

@Suite("Gauges are read at collection")
struct ObservedGaugesTests {
    private func value(_ name: String, _ families: [MetricFamily]) -> [MetricValue] {
        families.first { $0.name == name }?.samples.map(\.value) ?? []
    }

    @Test("so that any exporter sees them, without a request for /metrics")
    func collected() async throws {
        try await Weir.withTemporary { weir, _ in
            let request = AcquireRequest(claims: [.init(key: LimitKey(host: "a", role: "metadata"))])
            guard case .granted(let grant) = try await weir.limits.acquire(request), let lease = grant.lease else {
                Issue.record("not granted")
                return
            }
            let held = await weir.metrics.families()
            #expect(value("weir_in_flight", held) == [.whole(1)])
            #expect(value("weir_waiting", held) == [.whole(0)])
            #expect(value("weir_limited_keys", held) == [.whole(1)])
            #expect(value("weir_cache_bytes", held) == [.whole(0)])
            #expect(value("weir_jobs", held).count == 6)
            #expect(held.first { $0.name == "weir_jobs" }?.help == "Jobs by state.")
            _ = try await weir.limits.release(lease, unused: false)
            #expect(value("weir_in_flight", await weir.metrics.families()) == [.whole(0)])
        }
    }

    @Test("and those that cannot be read are left out alone")
    func failing() async throws {
        struct Unreadable: Error {}
        let registry = PrometheusRegistry(help: ["weir_a": "A."])
        registry.observe { ["weir_a": [.init(value: .whole(1))]] }
        registry.observe { throw Unreadable() }
        registry.observe { ["weir_b": [.init(value: .real(0.5))]] }
        let families = try ExpositionParser(await registry.exposition()).families
        #expect(families["weir_a"]?.samples.map(\.value) == [1])
        #expect(families["weir_a"]?.help == "A." && families["weir_a"]?.kind == "gauge")
        #expect(families["weir_b"]?.samples.map(\.value) == [0.5])
    }
}
