/// The log's time, carried on between its answers by this machine's monotonic clock. It is behind by the time that an
/// answer takes, and never ahead: who waits for a time of the log comes late rather than early.
struct LogClock: Sendable {
    private var time: Timestamp
    private var instant: ContinuousClock.Instant

    init(_ time: Timestamp) {
        self.init(time, at: .now)
    }

    private init(_ time: Timestamp, at instant: ContinuousClock.Instant) {
        self.time = time
        self.instant = instant
    }

    /// An answer of this time has just come.
    mutating func set(_ time: Timestamp) { self = LogClock(time) }

    func now() -> Timestamp { time.advanced(by: instant.duration(to: .now).microseconds) }

    /// How long it is until a time.
    func duration(until time: Timestamp) -> Duration { .microseconds(max(0, time.microseconds(since: now()))) }
}

extension Duration {
    fileprivate var microseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}
