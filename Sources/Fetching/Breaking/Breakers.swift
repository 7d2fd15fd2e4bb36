package import RateLimiting
import Synchronization

/// The breakers of all hosts and roles.
package final class Breakers: Sendable {
    private struct Key: Hashable {
        let host: String
        let role: FetchRole
    }

    private let time: any TimeSource
    private let breakers = Mutex<[Key: Breaker]>([:])

    /// Hosts and roles that are remembered; those that have nothing to tell are dropped first.
    private static let mostKept = 10_000

    package init(time: any TimeSource) {
        self.time = time
    }

    func admit(_ request: FetchRequest) -> Breaker.Admission {
        let key = Key(host: request.address.host, role: request.role)
        let now = time.now()
        return breakers.withLock { $0[key]?.admit(now) } ?? .admitted(.closed)
    }

    /// - Returns: whether this opened the breaker.
    func record(_ outcome: Breaker.Outcome, of admission: BreakerState, _ request: FetchRequest) -> Bool {
        let key = Key(host: request.address.host, role: request.role)
        let now = time.now()
        return breakers.withLock { breakers in
            if breakers[key] == nil {
                // Most hosts never fail, and need no breaker.
                guard outcome == .failure else { return false }
                if breakers.count >= Self.mostKept { breakers = breakers.filter { !$0.value.isIdle(now) } }
                guard breakers.count < Self.mostKept else { return false }
            }
            return breakers[key, default: Breaker(.of(request.role))].record(outcome, of: admission, now)
        }
    }
}
