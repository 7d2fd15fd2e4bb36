import Synchronization

/// Keeps repetition from piling up on upstreams that have trouble: over time at most one retry for ten requests.
///
/// What ten requests earn is one retry; a few are there from the start, so that the first requests may be repeated too.
package final class RetryBudget: Sendable {
    /// In tenths of a retry.
    private let balance: Mutex<Int>
    private static let start = 100
    private static let most = 1000

    package init() {
        balance = Mutex(Self.start)
    }

    /// A request was made that is no retry.
    func earn() {
        balance.withLock { $0 = min($0 + 1, Self.most) }
    }

    /// Whether one more retry may be made.
    func spend() -> Bool {
        balance.withLock { balance in
            guard balance >= 10 else { return false }
            balance -= 10
            return true
        }
    }
}
