import Metrics
import RateLimiting
import Synchronization

/// Tells every listener what happens to limits.
///
/// Each listener has a queue of its own, so that none can hold up a decision or another listener. While its queue is full, it
/// misses events, and they are counted.
final class LimiterEvents: Sendable {
    /// The events of one listener, in their order.
    struct Subscription: Sendable {
        let events: AsyncStream<LimiterEvent>
        /// Ends the events behind those that are queued.
        let end: @Sendable () -> Void
    }

    private struct State {
        var listeners: [Int: AsyncStream<LimiterEvent>.Continuation] = [:]
        var count = 0
    }

    private let state = Mutex(State())
    private let dropped: Counter

    /// Events that a listener may be behind.
    static let maxQueued = 1024

    init(metrics: any MetricsFactory) {
        dropped = Counter(label: "weir_limiter_events_dropped_total", factory: metrics)
    }

    /// Events from now on.
    func subscribe() -> Subscription {
        let (events, listener) = AsyncStream.makeStream(
            of: LimiterEvent.self, bufferingPolicy: .bufferingOldest(Self.maxQueued))
        let number = state.withLock { state in
            state.count += 1
            state.listeners[state.count] = listener
            return state.count
        }
        listener.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.listeners.removeValue(forKey: number) }
        }
        return Subscription(events: events) { listener.finish() }
    }

    /// Returns at once, however slow listeners are.
    func send(_ event: LimiterEvent) {
        for listener in state.withLock({ Array($0.listeners.values) }) {
            if case .dropped = listener.yield(event) { dropped.increment() }
        }
    }
}
