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
    /// A work whose DOI the job has already, under another id, is settled at once.
    ///
    /// - Returns: those that the job did not have yet, up to `limit` works in all.
    func append(
        _ page: WorksPage, to job: String, limit: Int, at time: Timestamp
    ) async throws -> (added: [Work], isComplete: Bool) {
        try await pool.write { database in
            var position =
                try Int.fetchOne(
                    database, sql: "SELECT COUNT(*) FROM work WHERE job_id = ?", arguments: [job]) ?? 0
            let twin = try database.cachedStatement(
                sql: "SELECT work_id FROM work WHERE job_id = ? AND doi = ? ORDER BY position LIMIT 1")
            let insert = try database.cachedStatement(
                sql: """
                    INSERT INTO work (job_id, position, work_id, doi, title, publication_year, source)
                    VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (job_id, work_id) DO NOTHING
                    """)
            let encoder = JSONEncoder()
            var added: [Work] = []
            var tally = Tally()
            for work in page.works where position < limit {
                let first = try work.doi.flatMap { try String.fetchOne(twin, arguments: [job, $0]) }
                let source = try String(decoding: encoder.encode(work), as: UTF8.self)
                try insert.execute(arguments: [
                    job, position, work.id, work.doi, work.title, work.publicationYear, source,
                ])
                guard database.changesCount == 1 else { continue }
                position += 1
                tally.add(1, "listed", .job)
                if let first {
                    let outcome = WorkOutcome(.skipped, reason: "duplicate_doi", detail: first)
                    try Self.settle(outcome, work: work.id, job: job, at: time, in: database)
                    tally.add(outcome, startedAt: nil, at: time)
                } else {
                    added.append(work)
                }
            }
            try Self.add(tally, to: job, in: database)
            try Self.progressed(job, in: database)
            let isComplete = page.next == nil || position >= limit
            try database.execute(
                sql: "UPDATE job SET cursor = ?, listing_complete = ? WHERE id = ?",
                arguments: [page.next, isComplete, job])
            return (added, isComplete)
        }
    }

    /// Works that were listed and are not settled, in the order of the list.
    ///
    /// - Parameter after: position of the last of those before.
    func pendingWorks(of job: String, after position: Int, limit: Int) async throws -> [(
        position: Int, work: PendingWork
    )] {
        try await pool.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT position, source, progress FROM work
                    WHERE job_id = ? AND settled_at IS NULL AND position > ? ORDER BY position LIMIT ?
                    """,
                arguments: [job, position, limit]
            ).map { row in
                let decoder = JSONDecoder()
                let progress = try (row["progress"] as Data?).map { try decoder.decode(WorkProgress.self, from: $0) }
                let source: String = row["source"]
                let work = try progress?.work ?? decoder.decode(Work.self, from: Data(source.utf8))
                return (row["position"], PendingWork(work: work, progress: progress))
            }
        }
    }

    /// The files that these works got in whatever job, known by their ids or else by their DOIs; by id.
    func files(of works: [Work]) async throws -> [String: WorkOutcome] {
        try await pool.read { database in
            var files: [String: WorkOutcome] = [:]
            for work in works {
                if let found = try Self.file(where: "work_id", work.id, in: database) {
                    files[work.id] = found
                } else if let doi = work.doi {
                    files[work.id] = try Self.file(where: "doi", doi, in: database)
                }
            }
            return files
        }
    }

    /// The file that came from a candidate's address, in whatever job and for whatever work.
    func file(from canonicalURL: String) async throws -> WorkOutcome? {
        try await pool.read { try Self.file(where: "canonical_url", canonicalURL, in: $0) }
    }

    private static func file(where column: String, _ value: String, in database: Database) throws -> WorkOutcome? {
        let select = try database.cachedStatement(
            sql: "SELECT * FROM work WHERE sha256 IS NOT NULL AND \(column) = ? ORDER BY settled_at DESC LIMIT 1")
        return try Row.fetchOne(select, arguments: [value]).map(outcome)
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

    /// Digests of the files that a job has.
    func files(of job: String) async throws -> [String] {
        try await pool.read { database in
            try String.fetchAll(
                database, sql: "SELECT DISTINCT sha256 FROM work WHERE job_id = ? AND sha256 IS NOT NULL",
                arguments: [job])
        }
    }

    /// Removes those of these files that no work has any more; no file can get a row meanwhile.
    func remove(_ files: [String], from store: ArtifactStore) async throws {
        try await pool.write { database in
            let users = try database.cachedStatement(sql: "SELECT COUNT(*) FROM work WHERE sha256 = ?")
            for file in files where try Int.fetchOne(users, arguments: [file]) == 0 { store.remove(file) }
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

    private static func outcome(_ row: Row) -> WorkOutcome {
        var outcome = WorkOutcome(.cached)
        outcome.resolver = (row["resolver"] as String?).flatMap(ResolverName.init)
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
