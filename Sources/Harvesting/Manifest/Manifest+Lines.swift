import Foundation
import GRDB
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

extension Manifest {
    /// Settled works in the order in which they were listed.
    ///
    /// - Parameter after: position of the last work of the page before.
    /// - Throws: ``JobNotFound``.
    package func works(
        of job: String, after: Int?, limit: Int
    ) async throws -> (works: [ManifestLine], next: Int?) {
        let dryRun = try await self.job(job).request.dryRun ?? false
        return try await pool.read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM work WHERE job_id = ? AND position > ? AND settled_at IS NOT NULL
                    ORDER BY position LIMIT ?
                    """,
                arguments: [job, after ?? -1, limit + 1])
            let lines = rows.prefix(limit).map { Self.workLine($0, dryRun: dryRun) }
            return (lines, rows.count > limit ? rows[limit - 1]["position"] as Int : nil)
        }
    }

    /// All attempts at these works, in the order in which they were made.
    package func attempts(at works: [String], of job: String) async throws -> [ManifestLine] {
        try await pool.read { database in
            let marks = databaseQuestionMarks(count: works.count)
            return try Row.fetchAll(
                database,
                sql: "SELECT * FROM attempt WHERE job_id = ? AND work_id IN (\(marks)) ORDER BY number",
                arguments: StatementArguments([job] + works)
            ).map(Self.attemptLine)
        }
    }

    private static func workLine(_ row: Row, dryRun: Bool) -> ManifestLine {
        let sha256: String? = row["sha256"]
        return line(
            .work, row, at: row["settled_at"],
            work: ManifestLine.WorkPart(
                doi: row["doi"],
                title: row["title"],
                publicationYear: row["publication_year"],
                canonicalURL: row["canonical_url"],
                path: sha256.map(ArtifactStore.path),
                sha256: sha256,
                etag: row["etag"],
                lastModified: row["last_modified"],
                dryRun: dryRun
            ))
    }

    private static func attemptLine(_ row: Row) -> ManifestLine {
        line(
            .attempt, row, at: row["made_at"],
            attempt: ManifestLine.AttemptPart(
                resolverOrder: (row["resolver"] as String?).flatMap(Resolver.init)?.order,
                status: row["status"],
                httpStatus: row["http_status"],
                elapsedMilliseconds: row["elapsed_ms"],
                limiterWaitMilliseconds: row["limiter_wait_ms"],
                fromCache: row["from_cache"],
                breakerState: row["breaker_state"],
                role: row["role"],
                host: row["host"]
            ))
    }

    private static func line(
        _ record: ManifestLine.Record, _ row: Row, at microseconds: Int64,
        work: ManifestLine.WorkPart? = nil, attempt: ManifestLine.AttemptPart? = nil
    ) -> ManifestLine {
        ManifestLine(
            record: record,
            timestamp: Timestamp(microseconds: microseconds),
            jobID: row["job_id"],
            workID: row["work_id"],
            resolver: row["resolver"],
            url: row["url"],
            originalURL: row["original_url"],
            classification: row["classification"],
            contentType: row["content_type"],
            contentLength: row["content_length"],
            reason: row["reason"],
            reasonDetail: row["reason_detail"],
            work: work,
            attempt: attempt
        )
    }
}
