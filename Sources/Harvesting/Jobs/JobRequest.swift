/// What a job is to harvest, as `POST /v1/jobs` and the command line state it. Exactly one of `topic`, `dois`, `urls`.
package struct JobRequest: Codable, Hashable, Sendable {
    /// Free text to search works for.
    package var topic: String?
    package var dois: [String]?
    package var urls: [String]?
    /// First year of publication; topics only.
    package var yearStart: Int?
    /// Last year of publication; topics only.
    package var yearEnd: Int?
    /// Works at most.
    package var max: Int?
    /// Requests under way at once.
    package var workers: Int?
    /// Resolve and plan; download and store nothing.
    package var dryRun: Bool?

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case topic
        case dois
        case urls
        case yearStart = "year_start"
        case yearEnd = "year_end"
        case max
        case workers
        case dryRun = "dry_run"
    }

    package init(
        topic: String? = nil, dois: [String]? = nil, urls: [String]? = nil,
        yearStart: Int? = nil, yearEnd: Int? = nil,
        max: Int? = nil, workers: Int? = nil, dryRun: Bool? = nil
    ) {
        self.topic = topic
        self.dois = dois
        self.urls = urls
        self.yearStart = yearStart
        self.yearEnd = yearEnd
        self.max = max
        self.workers = workers
        self.dryRun = dryRun
    }
}
