import Synchronization

/// Reads the machine's clock, and then says that two milliseconds have passed since the last reading: so a rate can be
/// kept at any speed, at the price of a real clock.
final class SteppingClock: Clock {
    struct Instant: InstantProtocol {
        let nanoseconds: Int64

        func advanced(by duration: Duration) -> Instant {
            Instant(nanoseconds: nanoseconds + Int64(duration.nanoseconds))
        }
        func duration(to other: Instant) -> Duration { .nanoseconds(other.nanoseconds - nanoseconds) }
        static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }
    }

    private let step: Int64
    private let passed = Atomic<Int64>(0)

    init(nanoseconds: Int64 = 2_000_000) {
        step = nanoseconds
    }

    var minimumResolution: Duration { .nanoseconds(1) }

    var now: Instant {
        let real = ContinuousClock.now
        return withExtendedLifetime(real) {
            Instant(nanoseconds: passed.wrappingAdd(step, ordering: .relaxed).newValue)
        }
    }

    func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        throw CancellationError()
    }
}
