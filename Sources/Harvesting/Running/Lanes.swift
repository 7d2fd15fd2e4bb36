package import RateLimiting
import Synchronization

/// The works of one run that wait for their next request: changed by the run, looked at by whoever watches it.
final class Lanes: Sendable {
    private let queue = Mutex(StepQueue<WorkProgress>())
    private let listingWait = Mutex<LimitWait?>(nil)

    func change<Value: Sendable>(_ change: (inout sending StepQueue<WorkProgress>) -> sending Value) -> Value {
        queue.withLock { change(&$0) }
    }

    /// Notes that the listing waits for a host, or no longer does.
    func listingWaits(_ wait: LimitWait?) {
        listingWait.withLock { $0 = wait }
    }

    /// What waits for a time to come, longest first.
    func waits(at now: Timestamp) -> [JobWait] {
        let works = queue.withLock { $0.closed(at: now) }
            .map { JobWait(host: $0.key.host, role: $0.key.role, until: $0.opens, works: $0.items) }
        let listing = listingWait.withLock { $0 }
            .map { JobWait(host: $0.host, role: $0.role, until: $0.until, works: 0) }
        return (works + [listing].compactMap(\.self)).sorted { $0.until > $1.until }
    }
}

/// Works of a job that wait for a host, or its listing that does.
package struct JobWait: Encodable, Hashable, Sendable {
    package let host: String
    package let role: String
    /// When the next of them may go.
    package let until: Timestamp
    /// How many there are; none where it is the listing that waits.
    package let works: Int
}
