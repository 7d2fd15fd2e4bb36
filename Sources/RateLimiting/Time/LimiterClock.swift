/// Reads one clock as ``Timestamp``s that look like the wall clock's and never step back: the wall-clock time at the
/// start, plus what has passed on the clock since.
package struct LimiterClock<C: Clock>: TimeSource where C.Duration == Duration {
    private let clock: C
    private let epoch: Timestamp
    private let origin: C.Instant

    package init(_ clock: C, wallClock: Timestamp) {
        self.clock = clock
        epoch = wallClock
        origin = clock.now
    }

    package func now() -> Timestamp {
        let (seconds, attoseconds) = origin.duration(to: clock.now).components
        return epoch.advanced(by: seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
    }

    package func sleep(until time: Timestamp) async throws {
        let microseconds = time.microseconds(since: now())
        guard microseconds > 0 else { return }
        try await clock.sleep(until: clock.now.advanced(by: .microseconds(microseconds)), tolerance: .zero)
    }
}

/// Where a backend takes its time from.
package protocol TimeSource: Sendable {
    func now() -> Timestamp
    func sleep(until time: Timestamp) async throws
}
