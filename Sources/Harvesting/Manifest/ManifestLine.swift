import Fetching
package import RateLimiting

/// A line of the manifest as it is handed out: a settled work, or one attempt at it. What is not known is `null`, so
/// that all lines of a kind have the same fields.
package struct ManifestLine: Encodable, Sendable {
    package enum Record: String, Encodable, Sendable {
        case work
        case attempt
    }

    package let record: Record
    package let schemaVersion = 1
    package let timestamp: Timestamp
    package let jobID: String
    package let workID: String
    package let resolver: String?
    package let url: String?
    package let originalURL: String?
    package let classification: String?
    package let contentType: String?
    package let contentLength: Int?
    package let reason: String?
    package let reasonDetail: String?
    /// What only a work has.
    package let work: WorkPart?
    /// What only an attempt has.
    package let attempt: AttemptPart?

    package struct WorkPart: Encodable, Sendable {
        package let doi: String?
        package let title: String?
        package let publicationYear: Int?
        package let canonicalURL: String?
        package let path: String?
        package let sha256: String?
        package let etag: String?
        package let lastModified: String?
        package let dryRun: Bool

        enum CodingKeys: String, CodingKey {
            case doi
            case title
            case publicationYear = "publication_year"
            case canonicalURL = "canonical_url"
            case path
            case sha256
            case etag
            case lastModified = "last_modified"
            case dryRun = "dry_run"
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(doi, forKey: .doi)
            try container.encode(title, forKey: .title)
            try container.encode(publicationYear, forKey: .publicationYear)
            try container.encode(canonicalURL, forKey: .canonicalURL)
            try container.encode(path, forKey: .path)
            try container.encode(sha256, forKey: .sha256)
            try container.encode(etag, forKey: .etag)
            try container.encode(lastModified, forKey: .lastModified)
            try container.encode(dryRun, forKey: .dryRun)
        }
    }

    package struct AttemptPart: Encodable, Sendable {
        package let resolverOrder: Int?
        package let status: String
        package let httpStatus: Int?
        package let elapsedMilliseconds: Int
        package let limiterWaitMilliseconds: Int
        package let fromCache: Bool
        package let breakerState: String?
        package let role: String
        package let host: String

        enum CodingKeys: String, CodingKey {
            case resolverOrder = "resolver_order"
            case status
            case httpStatus = "http_status"
            case elapsedMilliseconds = "elapsed_ms"
            case limiterWaitMilliseconds = "limiter_wait_ms"
            case fromCache = "from_cache"
            case breakerState = "breaker_state"
            case role
            case host
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(resolverOrder, forKey: .resolverOrder)
            try container.encode(status, forKey: .status)
            try container.encode(httpStatus, forKey: .httpStatus)
            try container.encode(elapsedMilliseconds, forKey: .elapsedMilliseconds)
            try container.encode(limiterWaitMilliseconds, forKey: .limiterWaitMilliseconds)
            try container.encode(fromCache, forKey: .fromCache)
            try container.encode(breakerState, forKey: .breakerState)
            try container.encode(role, forKey: .role)
            try container.encode(host, forKey: .host)
        }
    }

    enum CodingKeys: String, CodingKey {
        case record
        case schemaVersion = "schema_version"
        case timestamp
        case jobID = "job_id"
        case workID = "work_id"
        case resolver
        case url
        case originalURL = "original_url"
        case classification
        case contentType = "content_type"
        case contentLength = "content_length"
        case reason
        case reasonDetail = "reason_detail"
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(record, forKey: .record)
        try container.encode(schemaVersion, forKey: .schemaVersion)
        try container.encode(timestamp, forKey: .timestamp)
        try container.encode(jobID, forKey: .jobID)
        try container.encode(workID, forKey: .workID)
        try container.encode(resolver, forKey: .resolver)
        try container.encode(url, forKey: .url)
        try container.encode(originalURL, forKey: .originalURL)
        try container.encode(classification, forKey: .classification)
        try container.encode(contentType, forKey: .contentType)
        try container.encode(contentLength, forKey: .contentLength)
        try container.encode(reason, forKey: .reason)
        try container.encode(reasonDetail, forKey: .reasonDetail)
        try work?.encode(to: encoder)
        try attempt?.encode(to: encoder)
    }
}

extension ManifestLine {
    init(_ outcome: WorkOutcome, of work: Work, in job: String, at time: Timestamp) {
        self.init(
            record: .work, timestamp: time, jobID: job, workID: work.id, resolver: outcome.resolver?.rawValue,
            url: outcome.url, originalURL: outcome.originalURL.map(WebAddress.withoutUser),
            classification: outcome.classification.rawValue,
            contentType: outcome.contentType, contentLength: outcome.artifact?.length, reason: outcome.reason,
            reasonDetail: outcome.reasonDetail,
            work: WorkPart(
                doi: work.doi, title: work.title, publicationYear: work.publicationYear,
                canonicalURL: outcome.canonicalURL, path: outcome.artifact?.path, sha256: outcome.artifact?.sha256,
                etag: outcome.etag, lastModified: outcome.lastModified, dryRun: outcome.reason == "dry_run"),
            attempt: nil)
    }

    init(_ attempt: Attempt, of work: Work, in job: String, at time: Timestamp) {
        self.init(
            record: .attempt, timestamp: time, jobID: job, workID: work.id, resolver: attempt.resolver.rawValue,
            url: attempt.url, originalURL: WebAddress.withoutUser(attempt.originalURL),
            classification: attempt.classification?.rawValue,
            contentType: attempt.contentType, contentLength: attempt.contentLength, reason: attempt.reason,
            reasonDetail: attempt.reasonDetail, work: nil,
            attempt: AttemptPart(
                resolverOrder: attempt.resolver.order, status: attempt.status.rawValue, httpStatus: attempt.httpStatus,
                elapsedMilliseconds: attempt.elapsedMilliseconds,
                limiterWaitMilliseconds: attempt.limiterWaitMilliseconds, fromCache: attempt.isFromCache,
                breakerState: attempt.breakerState?.rawValue, role: attempt.role, host: attempt.host))
    }
}
