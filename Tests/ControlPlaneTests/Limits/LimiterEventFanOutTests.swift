import RateLimiting
import Testing

@testable import ControlPlane

@Suite("What happens to limits is told to all listeners")
struct LimiterEventFanOutTests {
    private let registry = PrometheusRegistry(help: [:])
    private let event = LimiterEvent.resumed(PauseScope(host: "a"))

    @Test("in its order, from when they began to listen until they end")
    func all() async {
        let events = LimiterEvents(metrics: registry)
        let first = events.subscribe()
        events.send(.recovering(2))
        let second = events.subscribe()
        events.send(event)
        first.end()
        events.send(.recovered)
        second.end()
        #expect(await first.events.reduce(into: []) { $0.append($1) } == [.recovering(2), event])
        #expect(await second.events.reduce(into: []) { $0.append($1) } == [event, .recovered])
    }

    @Test("while one that reads nothing holds up nobody, keeps a bounded number, and misses the rest")
    func bounded() async throws {
        let observer = LimiterObserver(logger: .silent, metrics: registry)
        let slow = observer.events.subscribe()
        for _ in 0..<5000 {
            observer.happened(.paused(PauseScope(host: "a"), Pause(until: .init(microseconds: 1), reason: .byOperator)))
        }
        slow.end()
        #expect(await slow.events.reduce(into: 0) { count, _ in count += 1 } == LimiterEvents.maxQueued)
        let families = try ExpositionParser(await registry.exposition()).families
        #expect(families["weir_pauses_total"]?.samples.map(\.value) == [5000])
        let dropped = families["weir_limiter_events_dropped_total"]?.samples.map(\.value)
        #expect(dropped == [Double(5000 - LimiterEvents.maxQueued)])
    }
}
