import Fetching
import GRDB
import RateLimiting

extension Manifest {
    /// Settled works in the order in which they were listed.
    ///
    /// - Parameter after: position of the last work of the page before.
    /// - Throws: ``JobNotFound``.
    package func works(
        of job: String, _ filter: WorkFilter = WorkFilter(), after: Int?, limit: Int
    ) async throws -> (works: [ManifestLine], next: Int?) {
        let dryRun = try await self.job(job).request.dryRun ?? false
        return try await pool.read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM work WHERE job_id = :job AND position > :after AND settled_at IS NOT NULL
                        AND (:classification IS NULL OR classification = :classification)
                        AND (:reason IS NULL OR reason = :reason) AND (:resolver IS NULL OR resolver = :resolver)
                    ORDER BY position LIMIT :limit
                    """,
                arguments: [
                    "job": job, "after": after ?? -1, "classification": filter.classification?.rawValue,
                    "reason": filter.reason, "resolver": filter.resolver?.rawValue, "limit": limit + 1,
                ])
            let lines = rows.prefix(limit).map { Self.workLine($0, dryRun: dryRun) }
            return (lines, rows.count > limit ? rows[limit - 1]["position"] as Int : nil)
        }
    }

    /// Attempts in the order in which they ended.
    ///
    /// - Parameter after: number of the last attempt of the page before.
    /// - Throws: ``JobNotFound``.
    package func attempts(
        of job: String, _ filter: AttemptFilter, after: Int?, limit: Int
    ) async throws -> (attempts: [ManifestLine], next: Int?) {
        _ = try await self.job(job)
        return try await pool.read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM attempt WHERE job_id = :job AND number > :after
                        AND (:work IS NULL OR work_id = :work) AND (:host IS NULL OR host = :host)
                        AND (:role IS NULL OR role = :role) AND (:status IS NULL OR status = :status)
                        AND (:resolver IS NULL OR resolver = :resolver)
                    ORDER BY number LIMIT :limit
                    """,
                arguments: [
                    "job": job, "after": after ?? 0, "work": filter.work, "host": filter.host, "role": filter.role,
                    "status": filter.status?.rawValue, "resolver": filter.resolver?.rawValue, "limit": limit + 1,
                ])
            let lines = rows.prefix(limit).map(Self.attemptLine)
            return (lines, rows.count > limit ? rows[limit - 1]["number"] as Int : nil)
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
                resolverOrder: (row["resolver"] as String?).flatMap(ResolverName.init)?.order,
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
            originalURL: (row["original_url"] as String?).map(WebAddress.withoutUser),
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
