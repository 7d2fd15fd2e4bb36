import Fetching
import Foundation
import GRDB
package import RateLimiting

extension Manifest {
    /// How far the listing of a job's works has come.
    struct Listing: Sendable {
        let cursor: String?
        let isComplete: Bool
    }

    func listing(of job: String) async throws -> Listing {
        try await pool.read { database in
            let row = try Row.fetchOne(
                database,
                sql: "SELECT cursor, listing_complete FROM job WHERE id = ?",
                arguments: [job])
            guard let row else { throw JobNotFound(id: job) }
            return Listing(cursor: row["cursor"], isComplete: row["listing_complete"])
        }
    }

    /// Adds a page of works and moves the listing on, in one step, so that a crash neither loses nor repeats a page.
    ///
    /// - Returns: those that the job did not have yet, up to `limit` works in all.
    func append(
        _ page: WorksPage, to job: String, limit: Int
    ) async throws -> (added: [Work], isComplete: Bool) {
        try await pool.write { database in
            var position =
                try Int.fetchOne(
                    database, sql: "SELECT COUNT(*) FROM work WHERE job_id = ?", arguments: [job]) ?? 0
            let insert = try database.cachedStatement(
                sql: """
                    INSERT INTO work (job_id, position, work_id, doi, title, publication_year, source)
                    VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (job_id, work_id) DO NOTHING
                    """)
            let encoder = JSONEncoder()
            var added: [Work] = []
            for work in page.works where position < limit {
                let source = try String(decoding: encoder.encode(work), as: UTF8.self)
                try insert.execute(arguments: [
                    job, position, work.id, work.doi, work.title, work.publicationYear, source,
                ])
                guard database.changesCount == 1 else { continue }
                added.append(work)
                position += 1
            }
            let isComplete = page.next == nil || position >= limit
            try database.execute(
                sql: "UPDATE job SET cursor = ?, listing_complete = ? WHERE id = ?",
                arguments: [page.next, isComplete, job])
            return (added, isComplete)
        }
    }

    /// Works that were listed but not settled when the process stopped.
    func pendingWorks(of job: String) async throws -> [Work] {
        try await pool.read { database in
            try String.fetchAll(
                database,
                sql: "SELECT source FROM work WHERE job_id = ? AND settled_at IS NULL ORDER BY position",
                arguments: [job]
            ).map { try JSONDecoder().decode(Work.self, from: Data($0.utf8)) }
        }
    }

    /// Records an attempt and, when the work is settled by it, its outcome, in one transaction.
    ///
    /// - Parameter publish: gives the received file its name; called inside the transaction, so that row and file
    ///   appear together or not at all.
    func record(
        _ attempt: Attempt?,
        _ outcome: WorkOutcome?,
        of work: String,
        in job: String,
        at time: Timestamp,
        publish: @escaping @Sendable () throws -> Void = {}
    ) async throws {
        try await pool.write { database in
            if let attempt {
                try Self.insert(attempt, work: work, job: job, at: time, in: database)
            }
            if let outcome {
                try Self.settle(outcome, work: work, job: job, at: time, in: database)
            }
            try publish()
        }
    }

    /// The file that a work of this id got, in whatever job.
    func fileOfWork(_ id: String) async throws -> WorkOutcome? {
        try await outcome(where: "work_id = ?", id)
    }

    /// The file that came from a candidate's address, in whatever job and for whatever work.
    func file(from canonicalURL: String) async throws -> WorkOutcome? {
        try await outcome(where: "canonical_url = ?", canonicalURL)
    }

    private func outcome(where condition: String, _ value: String) async throws -> WorkOutcome? {
        try await pool.read { database in
            try Row.fetchOne(
                database,
                sql: "SELECT * FROM work WHERE sha256 IS NOT NULL AND \(condition) ORDER BY settled_at DESC LIMIT 1",
                arguments: [value]
            ).map(Self.outcome)
        }
    }

    /// The requests that went out and ended after `time`, oldest first.
    package func requests(since time: Timestamp) async throws -> [(key: LimitKey, start: Timestamp)] {
        try await pool.read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT host, role, made_at FROM attempt WHERE made_at > ? AND NOT from_cache ORDER BY made_at",
                arguments: [time.microseconds]
            ).map { row in
                (LimitKey(host: row["host"], role: row["role"]), Timestamp(microseconds: row["made_at"]))
            }
        }
    }

    func knownArtifacts() async throws -> Set<String> {
        try await pool.read { database in
            try Set(String.fetchAll(database, sql: "SELECT DISTINCT sha256 FROM work WHERE sha256 IS NOT NULL"))
        }
    }

    /// The artifact, when this job has it.
    package func artifact(_ sha256: String, of job: String) async throws -> StoredArtifact? {
        _ = try await self.job(job)
        return try await pool.read { database in
            try Int.fetchOne(
                database,
                sql: "SELECT content_length FROM work WHERE sha256 = ? AND job_id = ?",
                arguments: [sha256, job]
            ).map { StoredArtifact(sha256: sha256, length: $0) }
        }
    }

    private static func insert(
        _ attempt: Attempt, work: String, job: String, at time: Timestamp, in database: Database
    ) throws {
        let insert = try database.cachedStatement(
            sql: """
                INSERT INTO attempt (job_id, work_id, made_at, resolver, original_url, url, role, host, status,
                    http_status, classification, reason, reason_detail, content_type, content_length, elapsed_ms,
                    limiter_wait_ms, from_cache, breaker_state)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        let start: [(any DatabaseValueConvertible)?] = [
            job, work, time.microseconds, attempt.resolver.rawValue, attempt.originalURL, attempt.url,
            attempt.role, attempt.host, attempt.status,
        ]
        let end: [(any DatabaseValueConvertible)?] = [
            attempt.httpStatus, attempt.classification?.rawValue, attempt.reason, attempt.reasonDetail,
            attempt.contentType, attempt.contentLength, attempt.elapsedMilliseconds, attempt.limiterWaitMilliseconds,
            attempt.isFromCache, attempt.breakerState?.rawValue,
        ]
        try insert.execute(arguments: StatementArguments(start + end))
    }

    private static func settle(
        _ outcome: WorkOutcome, work: String, job: String, at time: Timestamp, in database: Database
    ) throws {
        let update = try database.cachedStatement(
            sql: """
                UPDATE work SET settled_at = ?, classification = ?, reason = ?, reason_detail = ?, resolver = ?,
                    url = ?, canonical_url = ?, original_url = ?, content_type = ?, sha256 = ?, content_length = ?,
                    etag = ?, last_modified = ?
                WHERE job_id = ? AND work_id = ?
                """)
        let start: [(any DatabaseValueConvertible)?] = [
            time.microseconds, outcome.classification.rawValue, outcome.reason, outcome.reasonDetail,
            outcome.resolver?.rawValue, outcome.url, outcome.canonicalURL, outcome.originalURL,
        ]
        let end: [(any DatabaseValueConvertible)?] = [
            outcome.contentType, outcome.artifact?.sha256, outcome.artifact?.length, outcome.etag,
            outcome.lastModified, job, work,
        ]
        try update.execute(arguments: StatementArguments(start + end))
    }

    private static func outcome(_ row: Row) -> WorkOutcome {
        var outcome = WorkOutcome(.cached)
        outcome.resolver = (row["resolver"] as String?).flatMap(Resolver.init)
        outcome.url = row["url"]
        outcome.canonicalURL = row["canonical_url"]
        outcome.originalURL = row["original_url"]
        outcome.contentType = row["content_type"]
        outcome.etag = row["etag"]
        outcome.lastModified = row["last_modified"]
        outcome.artifact = StoredArtifact(sha256: row["sha256"], length: row["content_length"])
        return outcome
    }
}
