import RateLimiting
import Synchronization

/// A clock on which sleeping takes no time: it moves to where the sleeper wants to be.
final class ManualTime: TimeSource {
    private let state: Mutex<(now: Timestamp, slept: [Duration])>

    init(seconds: Int64 = 1_795_000_000) {
        state = Mutex((Timestamp(microseconds: seconds * 1_000_000), []))
    }

    func now() -> Timestamp { state.withLock { $0.now } }

    /// What was slept, in order.
    var slept: [Duration] { state.withLock { $0.slept } }

    func advance(by duration: Duration) {
        state.withLock { $0.now = $0.now.advanced(by: duration.components.seconds * 1_000_000) }
    }

    func sleep(until time: Timestamp) async throws {
        try Task.checkCancellation()
        state.withLock { state in
            let wait = time.microseconds(since: state.now)
            guard wait > 0 else { return }
            state.slept.append(.microseconds(wait))
            state.now = time
        }
    }
}
