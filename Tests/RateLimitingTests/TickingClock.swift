import Synchronization

/// A clock on which every reading takes a millisecond, as on a busy machine, and nothing else passes time: who sleeps
/// towards the future sleeps until it is cancelled.
final class TickingClock: Clock, Sendable {
    struct Instant: InstantProtocol {
        let offset: Duration

        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private let reading = Mutex(Instant(offset: .zero))

    var now: Instant {
        reading.withLock { reading in
            reading = reading.advanced(by: .milliseconds(1))
            return reading
        }
    }

    var minimumResolution: Duration { .milliseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        guard now < deadline else { return }
        for await _ in AsyncStream<Never>.makeStream().stream {}
        try Task.checkCancellation()
    }
}
