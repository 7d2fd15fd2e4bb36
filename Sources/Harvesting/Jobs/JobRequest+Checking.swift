import Fetching

extension JobRequest {
    package static let defaultMax = 100
    package static let defaultWorkers = 4
    static let years = 1000...2999
    static let maximumWorks = 100_000
    static let maximumWorkers = 64
    package static let maximumGiven = 100_000
    static let maximumAttempts = 100

    /// All that is wrong with the request; empty when it can be run.
    package func problems() -> [FieldError] {
        var problems: [FieldError] = []
        func report(_ path: String, _ message: String) {
            problems.append(FieldError(path: path, message: message))
        }
        func check(_ name: String, _ value: Int?, _ range: ClosedRange<Int>) {
            guard let value, !range.contains(value) else { return }
            report(name, "must be \(range.lowerBound) to \(range.upperBound)")
        }
        let sources = [topic != nil, topicID != nil, dois != nil, urls != nil, works != nil].count { $0 }
        if sources != 1 {
            report("topic", "give exactly one of topic, topic_id, dois, urls and works; \(sources) are given")
        }
        if let topic, !(1...500).contains(topic.unicodeScalars.count) || topic.allSatisfy(\.isWhitespace) {
            report("topic", "must be a string of 1 to 500 characters, not only white space")
        }
        if resolveTopic != nil, topic == nil { report("resolve_topic", "goes with topic only") }
        if let topicID, topicID.wholeMatch(of: #/T[0-9]{1,12}/#) == nil {
            report("topic_id", "must be a topic of OpenAlex such as T10325")
        }
        problems += problemsOfGiven()
        for (name, year) in [("year_start", yearStart), ("year_end", yearEnd)] {
            guard let year else { continue }
            if !Self.years.contains(year) { report(name, "must be a year such as 2020") }
            if topic == nil, topicID == nil { report(name, "goes with topic and topic_id only") }
        }
        if let yearStart, let yearEnd, yearStart > yearEnd {
            report("year_end", "must not be before year_start (\(yearStart))")
        }
        check("max", max, 1...Self.maximumWorks)
        check("workers", workers, 1...Self.maximumWorkers)
        check("attempts_per_work", attemptsPerWork, 1...Self.maximumAttempts)
        check("max_bytes", maxBytes, 1...(1 << 50))
        check("max_seconds", maxSeconds, 1...31_536_000)
        var seen: Set<ResolverName> = []
        for (index, name) in (resolvers ?? []).enumerated() {
            if !ResolverName.choosable.contains(name) { report("resolvers[\(index)]", "is always asked") }
            if !seen.insert(name).inserted { report("resolvers[\(index)]", "stands there twice") }
        }
        for (name, value) in credentials ?? [:] {
            let path = "credentials.\(name.rawValue)"
            if !ResolverName.credentialed.contains(name) {
                let known = ResolverName.credentialed.map(\.rawValue).joined(separator: ", ")
                report(path, "takes no credential; those that do are \(known)")
            } else if !(1...500).contains(value.utf8.count) || !value.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) {
                report(path, "must be 1 to 500 printable ASCII characters without spaces")
            }
        }
        if let webhook {
            do { _ = try WebAddress(parsing: webhook) } catch { report("webhook", error.detail ?? error.reason) }
        }
        return problems
    }

    private func problemsOfGiven() -> [FieldError] {
        var problems: [FieldError] = []
        func report(_ path: String, _ message: String) {
            problems.append(FieldError(path: path, message: message))
        }
        for (name, count) in [("dois", dois?.count), ("urls", urls?.count), ("works", works?.count)] {
            guard let count, !(1...Self.maximumGiven).contains(count) else { continue }
            report(name, "must hold 1 to \(Self.maximumGiven) entries")
        }
        func check(doi: String, _ path: String) {
            if doi.utf8.count > DOI.maximumLength || DOI.normalized(doi) == nil {
                report(path, "is not a DOI such as 10.1371/journal.pone.0000217")
            }
        }
        func check(url: String, _ path: String) {
            do { _ = try WebAddress(parsing: url) } catch { report(path, error.detail ?? error.reason) }
        }
        for (index, doi) in (dois ?? []).prefix(Self.maximumGiven).enumerated() { check(doi: doi, "dois[\(index)]") }
        for (index, url) in (urls ?? []).prefix(Self.maximumGiven).enumerated() { check(url: url, "urls[\(index)]") }
        for (index, work) in (works ?? []).prefix(Self.maximumGiven).enumerated() {
            if let doi = work.doi { check(doi: doi, "works[\(index)].doi") }
            if let url = work.url { check(url: url, "works[\(index)].url") }
            if work.doi == nil, work.url == nil { report("works[\(index)]", "needs a doi or a url") }
            if let year = work.publicationYear, !Self.years.contains(year) {
                report("works[\(index)].publication_year", "must be a year such as 2020")
            }
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
        max ?? given ?? Self.defaultMax
    }

    var rules: WorkRules {
        WorkRules(
            isDryRun: dryRun ?? false, isListOnly: listOnly ?? false, seeksClosed: oaOnly == false,
            requestBudget: attemptsPerWork ?? WorkRules().requestBudget)
    }
}
