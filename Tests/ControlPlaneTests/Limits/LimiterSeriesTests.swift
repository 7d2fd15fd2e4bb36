import RateLimiting
import Synchronization
import Testing

@testable import ControlPlane

@Suite("The limiter's metrics of very many hosts")
struct LimiterSeriesTests {
    @Test("are looked up a bounded number of times, name the first 256 hosts, and lose no decision")
    func bounded() async throws {
        let registry = PrometheusRegistry(help: [:])
        let metrics = CountingMetrics(registry)
        let document = LimitsDocument(defaults: ["r": PolicyPatch(rates: [try Rate(parsing: "9/HOUR")])])
        let limits = ObservedLimits(
            base: MemoryBackend(
                table: LimitTable(version: 1, document: document), clock: ContinuousClock(),
                wallClock: Timestamp(microseconds: 0)),
            observer: LimiterObserver(logger: .silent, metrics: metrics))
        for _ in 0..<2 {
            for number in 0..<5000 {
                _ = try await limits.acquire(
                    AcquireRequest(claims: [.init(key: LimitKey(host: "h\(number)", role: "r"))], hold: false))
            }
        }
        // Three counters and a timer for each of 257 hosts, and two counters of the limiter as a whole.
        #expect(metrics.lookUps.load(ordering: .relaxed) == 4 * 257 + 2)
        let samples = try ExpositionParser(await registry.exposition()).families["weir_acquires_total"]?.samples ?? []
        let granted = samples.filter { $0.labels["result"] == "granted" }
        #expect(granted.count == 257)
        #expect(granted.map(\.value).reduce(0, +) == 10_000)
        #expect(granted.first { $0.labels["host"] == "h255" }?.value == 2)
        #expect(granted.first { $0.labels["host"] == "other" }?.value == 9488)
    }
}
