package import RateLimiting
import Synchronization

/// Keeps the time between two starts at a host that its robots.txt asks for.
package final class CrawlSpacing: Sendable {
    let time: any TimeSource
    /// The latest start at each host that asks for spacing.
    private let starts = Mutex<[String: Timestamp]>([:])
    private static let mostKept = 10_000
    /// No host is remembered longer than the longest delay that counts.
    private static let longest: Int64 = 24 * 3_600_000_000

    package init(time: any TimeSource) {
        self.time = time
    }

    enum Turn: Hashable {
        case start(Timestamp)
        case tooFar(Timestamp)
    }

    /// The next start at the host; taken if it is at most `patience` away.
    func turn(at host: String, spacing: Int64, patience: Int64, now: Timestamp) -> Turn {
        starts.withLock { starts in
            let next = starts[host].map { max(now, $0.advanced(by: spacing)) } ?? now
            guard next.microseconds(since: now) <= patience else { return .tooFar(next) }
            if starts[host] == nil, starts.count >= Self.mostKept {
                starts = starts.filter { now.microseconds(since: $0.value) < Self.longest }
            }
            starts[host] = next
            return .start(next)
        }
    }
}

/// Waits for the host's crawl delay before each attempt.
package struct CrawlSpacingLayer<Next: Transport>: Transport {
    private let spacing: CrawlSpacing
    private let next: Next

    package init(_ spacing: CrawlSpacing, _ next: Next) {
        self.spacing = spacing
        self.next = next
    }

    package func withResponse<Result: Sendable>(
        to request: FetchRequest,
        _ consume: @escaping @Sendable (FetchResponse) async throws -> Result
    ) async throws -> Result {
        if let delay = request.spacing, delay > .zero {
            let patience = min(request.maximumLimiterWait ?? request.timeLeft, request.timeLeft)
            let now = spacing.time.now()
            switch spacing.turn(
                at: request.address.host, spacing: delay.wholeMilliseconds * 1000,
                patience: patience.wholeMilliseconds * 1000, now: now)
            {
            case .start(let start): try await spacing.time.sleep(until: start)
            case .tooFar(let start): throw FetchError.crawlDelay(.microseconds(start.microseconds(since: now)))
            }
        }
        return try await next.withResponse(to: request, consume)
    }
}
