extension JobReport {
    init(_ job: Job, _ tally: Tally, activity: RecentActivity.Amounts?, waits: [JobWait]) {
        self.job = job
        self.waits = waits
        hosts = tally.all("requests", .host).keys.sorted().map { Host($0, tally) }
        resolvers = tally.all("requests", .resolver).sorted { $0.key < $1.key }.map { name, requests in
            ResolverPart(
                resolver: name, requests: requests, failed: tally["failed", .resolver, name],
                files: tally["files", .resolver, name])
        }
        indicators = Indicators(job, hosts, tally)
        let isRunning = job.state == .running
        rates = activity.flatMap { isRunning ? Rates(works: $0.works, requests: $0.requests, bytes: $0.bytes) : nil }
        let left = job.works.listed - job.works.done
        if isRunning, job.works.listingComplete, let works = activity?.works, works > 0 {
            etaSeconds = Int((Double(left) / works).rounded(.up))
        } else {
            etaSeconds = nil
        }
    }
}

extension JobReport.Host {
    /// - Parameter name: as the tally has it: host and role.
    fileprivate init(_ name: String, _ tally: Tally) {
        let parts = name.split(separator: " ")
        host = parts.first.map(String.init) ?? ""
        role = parts.last.map(String.init) ?? ""
        requests = tally["requests", .host, name]
        fromCache = tally["from_cache", .host, name]
        failed = tally["failed", .host, name]
        tooMany = tally["too_many", .host, name]
        breakerOpens = tally["breaker_opens", .host, name]
        bytes = tally["bytes", .host, name]
        limiterWaitMilliseconds = tally["limiter_wait_ms", .host, name]
    }
}

extension JobReport.Indicators {
    fileprivate init(_ job: Job, _ hosts: [JobReport.Host], _ tally: Tally) {
        func share(_ part: Int, of whole: Int) -> Double? { whole > 0 ? Double(part) / Double(whole) : nil }
        func quantile(_ share: Double, _ scope: Tally.Scope) -> Int? {
            let buckets = tally.all("count", scope).compactMap { bound, count in Int(bound).map { ($0, count) } }
            return Tally.quantile(share, of: Dictionary(buckets, uniquingKeysWith: +))
        }
        let counts = job.works.byClassification
        let files = counts[Classification.pdf.rawValue, default: 0] + counts[Classification.cached.rawValue, default: 0]
        yield = share(files, of: job.works.done - counts[Classification.skipped.rawValue, default: 0])
        timeToFileP50 = quantile(0.5, .timeToFile)
        timeToFileP95 = quantile(0.95, .timeToFile)
        limiterWaitP95 = quantile(0.95, .wait)
        let metadata = hosts.filter { $0.role == "metadata" }
        metadataCacheHits = share(
            metadata.reduce(0) { $0 + $1.fromCache }, of: metadata.reduce(0) { $0 + $1.requests })
        tooManyRatio = share(hosts.reduce(0) { $0 + $1.tooMany }, of: hosts.reduce(0) { $0 + $1.requests })
        breakerOpens = hosts.reduce(0) { $0 + $1.breakerOpens }
        refusedFiles = ["pdf_too_small", "html_tail_detected", "pdf_eof_missing"].reduce(0) { sum, reason in
            sum + tally[reason, .classification, Classification.miss.rawValue]
        }
    }
}
