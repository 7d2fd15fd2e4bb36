import Synchronization

/// What each API key has spent of its credits today.
final class CreditLedger: Sendable {
    struct Balance: Sendable, Equatable {
        let used: Int
        let remaining: Int
        let secondsToReset: Int
    }

    static let daily = 2_000_000
    private static let mostKeys = 1_000

    private let spent: Mutex<(day: Int, credits: [String: Int])> = Mutex((0, [:]))

    /// Takes credits, if there are enough of them.
    ///
    /// - Parameter now: seconds since 1970.
    func spend(_ credits: Int, key: String, now: Int) -> Balance? {
        let day = now / 86_400
        return spent.withLock { spent in
            if spent.day != day { spent = (day, [:]) }
            let key = spent.credits[key] != nil || spent.credits.count < Self.mostKeys ? key : ""
            let total = spent.credits[key, default: 0] + credits
            guard total <= Self.daily else { return nil }
            spent.credits[key] = total
            return Balance(used: credits, remaining: Self.daily - total, secondsToReset: (day + 1) * 86_400 - now)
        }
    }
}
