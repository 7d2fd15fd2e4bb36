package import RateLimiting
import Synchronization

/// The works of one run that wait for their next request: changed by the run, looked at by whoever watches it.
final class Lanes: Sendable {
    private let queue = Mutex(StepQueue<WorkProgress>())

    func change<Value: Sendable>(_ change: (inout sending StepQueue<WorkProgress>) -> sending Value) -> Value {
        queue.withLock { change(&$0) }
    }

    /// The lanes whose works wait for a time to come, the one that waits longest first.
    func waits(at now: Timestamp) -> [JobWait] {
        queue.withLock { $0.closed(at: now) }
            .map { JobWait(host: $0.key.host, role: $0.key.role, until: $0.opens, works: $0.items) }
            .sorted { $0.until > $1.until }
    }
}

/// Works of a job that wait for a host.
package struct JobWait: Encodable, Hashable, Sendable {
    package let host: String
    package let role: String
    /// When the next of them may go.
    package let until: Timestamp
    /// How many there are.
    package let works: Int
}
