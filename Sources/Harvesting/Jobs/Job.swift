package import RateLimiting

/// A harvest: what was asked, and how far it is.
package struct Job: Encodable, Hashable, Sendable {
    package let id: String
    package let state: JobState
    /// Why it failed.
    package let reason: String?
    package let reasonDetail: String?
    package let request: JobRequest
    package let createdAt: Timestamp
    package let startedAt: Timestamp?
    package let finishedAt: Timestamp?
    package let works: WorkCounts
    /// Whether its end was told; `nil` where nobody wants to know, or it has not ended.
    package let webhook: WebhookState?

    enum CodingKeys: String, CodingKey {
        case id
        case state
        case reason
        case reasonDetail = "reason_detail"
        case request
        case createdAt = "created_at"
        case startedAt = "started_at"
        case finishedAt = "finished_at"
        case works
        case webhook
    }
}

package enum WebhookState: String, Codable, Sendable {
    case pending
    case delivered
    /// Given up.
    case failed
}

/// A job in numbers.
package struct WorkCounts: Encodable, Hashable, Sendable {
    /// Works found so far.
    package var listed = 0
    /// Whether the source has no more.
    package var listingComplete = false
    /// Works whose outcome is settled.
    package var done = 0
    /// Settled works by classification.
    package var byClassification: [String: Int] = [:]
    /// Bytes of the artifacts that this job downloaded.
    package var bytes = 0

    package init() {}

    init(_ tally: Tally, listingComplete: Bool) {
        listed = tally["listed", .job]
        self.listingComplete = listingComplete
        byClassification = tally.all("works", .classification)
        done = byClassification.values.reduce(0, +)
        bytes = tally["bytes", .job]
    }

    enum CodingKeys: String, CodingKey {
        case listed
        case listingComplete = "listing_complete"
        case done
        case byClassification = "by_classification"
        case bytes
    }
}
