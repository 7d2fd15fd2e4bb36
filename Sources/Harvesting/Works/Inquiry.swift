import Fetching
import Logging
import RateLimiting

/// A job asking which works there are: what it shows to OpenAlex, and how those who watch the job see it ask and wait.
struct Inquiry: Sendable {
    let job: String
    /// Sent to OpenAlex as `api_key`; never logged.
    let apiKey: String?
    let manifest: Manifest
    let events: JobEvents
    let lanes: Lanes
    let logger: Logger

    /// Counts a request that has ended.
    ///
    /// - Parameter bytes: of the answer's body.
    func asked(_ request: FetchRequest, bytes: Int, isFailed: Bool) async throws {
        var tally = Tally()
        tally.add(Tally.Request(request, bytes: bytes, isFailed: isFailed))
        try await manifest.add(tally, to: job)
        events.publish([], of: job, RecentActivity.Amounts(requests: 1, bytes: Double(bytes)))
    }

    /// Shows that the listing waits while `body` runs.
    func waiting(_ wait: LimitWait, _ body: () async throws -> Void) async rethrows {
        events.publish(.limit(wait), of: job)
        lanes.listingWaits(wait)
        defer { lanes.listingWaits(nil) }
        try await body()
    }
}
