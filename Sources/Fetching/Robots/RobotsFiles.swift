package import RateLimiting
import Synchronization

/// What is known of the robots.txt of all origins.
package final class RobotsFiles: Sendable {
    /// What an origin says to crawlers.
    enum Verdict: Hashable, Sendable {
        case rules(RobotsRules)
        /// It exists but cannot be read: nothing may be fetched for now (RFC 9309, section 2.3.1.4).
        case unreachable(String)
    }

    private struct Known {
        let verdict: Verdict
        let expires: Timestamp
    }

    let time: any TimeSource
    private let known = Mutex<[String: Known]>([:])
    let flights = Flights<String>()

    private static let mostKept = 10_000
    /// At most a day (RFC 9309, section 2.4).
    private static let lifetime: Int64 = 24 * 3_600_000_000
    /// Until a file that could not be read is asked for again.
    private static let unreachableLifetime: Int64 = 300_000_000

    package init(time: any TimeSource) {
        self.time = time
    }

    func verdict(of origin: String) -> Verdict? {
        let now = time.now()
        return known.withLock { known in
            guard let entry = known[origin], entry.expires > now else { return nil }
            return entry.verdict
        }
    }

    func learn(_ verdict: Verdict, of origin: String) {
        let now = time.now()
        let lifetime = if case .rules = verdict { Self.lifetime } else { Self.unreachableLifetime }
        known.withLock { known in
            if known.count >= Self.mostKept {
                known = known.filter { $0.value.expires > now }
                if known.count >= Self.mostKept { known.removeAll() }
            }
            known[origin] = Known(verdict: verdict, expires: now.advanced(by: lifetime))
        }
    }
}
