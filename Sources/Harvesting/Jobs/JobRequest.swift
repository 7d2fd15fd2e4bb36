import Fetching

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

/// One field that cannot be accepted, and what would be right.
package struct FieldError: Error, Codable, Hashable, Sendable {
    /// Such as `dois[3]`.
    package let path: String
    package let message: String

    package init(path: String, message: String) {
        self.path = path
        self.message = message
    }
}

extension JobRequest {
    package static let defaultMax = 100
    package static let defaultWorkers = 4
    static let years = 1000...2999
    static let maximumWorks = 100_000
    static let maximumWorkers = 64
    static let maximumGiven = 10_000

    /// All that is wrong with the request; empty when it can be run.
    package func problems() -> [FieldError] {
        var problems: [FieldError] = []
        func report(_ path: String, _ message: String) {
            problems.append(FieldError(path: path, message: message))
        }
        let sources = [topic != nil, dois != nil, urls != nil].count { $0 }
        if sources != 1 {
            report("topic", "give exactly one of topic, dois and urls; \(sources) are given")
        }
        if let topic, !(1...500).contains(topic.utf8.count) || topic.allSatisfy(\.isWhitespace) {
            report("topic", "must be a text of 1 to 500 bytes")
        }
        for (name, given) in [("dois", dois), ("urls", urls)] {
            guard let given else { continue }
            if !(1...Self.maximumGiven).contains(given.count) {
                report(name, "must hold 1 to \(Self.maximumGiven) entries")
            }
        }
        for (index, doi) in (dois ?? []).prefix(Self.maximumGiven).enumerated() where DOI.normalized(doi) == nil {
            report("dois[\(index)]", "is not a DOI such as 10.1371/journal.pone.0000217")
        }
        for (index, url) in (urls ?? []).prefix(Self.maximumGiven).enumerated() {
            do {
                _ = try WebAddress(parsing: url)
            } catch {
                report("urls[\(index)]", error.detail ?? error.reason)
            }
        }
        for (name, year) in [("year_start", yearStart), ("year_end", yearEnd)] {
            guard let year else { continue }
            if !Self.years.contains(year) { report(name, "must be a year such as 2020") }
            if topic == nil { report(name, "goes with topic only") }
        }
        if let yearStart, let yearEnd, yearStart > yearEnd {
            report("year_end", "must not be before year_start (\(yearStart))")
        }
        if let max, !(1...Self.maximumWorks).contains(max) {
            report("max", "must be 1 to \(Self.maximumWorks)")
        }
        if let workers, !(1...Self.maximumWorkers).contains(workers) {
            report("workers", "must be 1 to \(Self.maximumWorkers)")
        }
        return problems
    }

    /// The years asked for, open ends filled in.
    var yearRange: ClosedRange<Int>? {
        guard yearStart != nil || yearEnd != nil else { return nil }
        let first = yearStart ?? Self.years.lowerBound
        return first...Swift.max(first, yearEnd ?? Self.years.upperBound)
    }

    /// The most works that the job will have.
    var worksLimit: Int {
        max ?? dois?.count ?? urls?.count ?? Self.defaultMax
    }
}
