import Fetching

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
