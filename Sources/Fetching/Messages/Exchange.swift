package import HTTPCaching
import Synchronization

/// What happened in one exchange: the layers note it down as it passes them, for events, metrics and the manifest.
package final class Exchange: Sendable {
    package struct Facts: Sendable {
        /// What the cache did; `nil` where the exchange did not come so far.
        package var cache: CacheStatus?
        /// Requests that went out.
        package var attempts = 0
        /// How long permission was waited for, over all attempts.
        package var limiterWait = Duration.zero
        /// How the host's breaker was found; `nil` where the exchange did not come so far.
        package var breaker: BreakerState?
        /// Whether this exchange opened it.
        package var opensBreaker = false
        /// Of the response, where there was one.
        package var status: Int?
        /// Bytes of body that arrived.
        package var bytes = 0
        /// From the start until the response's fields were there.
        package var timeToFirstByte: Duration?

        package init() {}

        /// Whether what was stored before answered.
        package var isFromCache: Bool { cache?.isFromStore ?? false }
    }

    private let state = Mutex(Facts())

    package init() {}

    package var facts: Facts { state.withLock { $0 } }

    func note(_ change: (inout sending Facts) -> Void) {
        state.withLock { change(&$0) }
    }
}
