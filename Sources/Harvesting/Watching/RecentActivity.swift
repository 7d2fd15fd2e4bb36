import DequeModule

/// What was done in the last minute, second by second.
struct RecentActivity: Sendable {
    struct Amounts: Encodable, Sendable {
        var works = 0.0
        var requests = 0.0
        var bytes = 0.0

        static func += (sum: inout Amounts, other: Amounts) {
            sum.works += other.works
            sum.requests += other.requests
            sum.bytes += other.bytes
        }
    }

    private static let span = 60
    private let start = ContinuousClock.now
    private var seconds: Deque<(number: Int, amounts: Amounts)> = []

    mutating func add(_ amounts: Amounts, at time: ContinuousClock.Instant) {
        let number = number(of: time)
        if seconds.last?.number == number {
            seconds[seconds.count - 1].amounts += amounts
        } else {
            seconds.append((number, amounts))
        }
        while let first = seconds.first, first.number <= number - Self.span { seconds.removeFirst() }
    }

    /// The mean of the last minute, or of the time since the first activity where that is less.
    func perSecond(at time: ContinuousClock.Instant) -> Amounts {
        let number = number(of: time)
        var sum = Amounts()
        for second in seconds where second.number > number - Self.span { sum += second.amounts }
        let span = Double(min(Self.span, number + 1))
        return Amounts(works: sum.works / span, requests: sum.requests / span, bytes: sum.bytes / span)
    }

    private func number(of time: ContinuousClock.Instant) -> Int { Int(start.duration(to: time).components.seconds) }
}
