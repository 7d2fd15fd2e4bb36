import Fetching
import Foundation
import GRDB
import RateLimiting

extension Manifest {
    /// Records entries in one transaction and gives their files their names, so that row and file appear together or not
    /// at all.
    ///
    /// - Returns: for each entry whether it could be recorded; one that cannot does not hold up the others.
    /// - Throws: what ends the transaction as a whole.
    func record(
        _ entries: [ManifestEntry], publishingTo store: ArtifactStore
    ) async throws -> [Result<Void, any Error>] {
        try await pool.write { database in
            var results: [Result<Void, any Error>] = []
            var tallies: [String: Tally] = [:]
            var published: [ReceivedArtifact] = []
            for entry in entries {
                do {
                    try database.inSavepoint {
                        try Self.insert(entry, in: database)
                        if let file = entry.file {
                            try store.publish(file)
                            published.append(file)
                        }
                        if let artifact = entry.outcome?.artifact {
                            try store.link(artifact, as: ArtifactName(of: entry.work), in: entry.job)
                        }
                        return .commit
                    }
                    var tally = tallies[entry.job] ?? Tally()
                    if let attempt = entry.attempt { tally.add(attempt) }
                    if let outcome = entry.outcome {
                        tally.add(outcome, startedAt: entry.startedAt, at: entry.time)
                    }
                    tallies[entry.job] = tally
                    results.append(.success(()))
                } catch {
                    results.append(.failure(error))
                }
            }
            for (job, tally) in tallies {
                try Self.add(tally, to: job, in: database)
                try Self.progressed(job, in: database)
            }
            try store.synchronize(published)
            return results
        }
    }

    private static func insert(_ entry: ManifestEntry, in database: Database) throws {
        if let attempt = entry.attempt {
            try insert(attempt, work: entry.work.id, job: entry.job, at: entry.time, in: database)
        }
        if let outcome = entry.outcome {
            try settle(outcome, work: entry.work.id, job: entry.job, at: entry.time, in: database)
        } else if let progress = entry.progress {
            try database.cachedStatement(sql: "UPDATE work SET progress = ? WHERE job_id = ? AND work_id = ?").execute(
                arguments: [try JSONEncoder().encode(progress), entry.job, entry.work.id])
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
            attempt.role, attempt.host, attempt.status.rawValue,
        ]
        let end: [(any DatabaseValueConvertible)?] = [
            attempt.httpStatus, attempt.classification?.rawValue, attempt.reason, attempt.reasonDetail,
            attempt.contentType, attempt.contentLength, attempt.elapsedMilliseconds, attempt.limiterWaitMilliseconds,
            attempt.isFromCache, attempt.breakerState?.rawValue,
        ]
        try insert.execute(arguments: StatementArguments(start + end))
    }

    static func settle(
        _ outcome: WorkOutcome, work: String, job: String, at time: Timestamp, in database: Database
    ) throws {
        let update = try database.cachedStatement(
            sql: """
                UPDATE work SET settled_at = ?, classification = ?, reason = ?, reason_detail = ?, resolver = ?,
                    url = ?, canonical_url = ?, original_url = ?, content_type = ?, sha256 = ?, content_length = ?,
                    etag = ?, last_modified = ?, progress = NULL
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
        guard database.changesCount == 1 else { throw JobNotFound(id: job) }
    }

    static func add(_ tally: Tally, to job: String, in database: Database) throws {
        let upsert = try database.cachedStatement(
            sql: """
                INSERT INTO tally (job_id, scope, name, measure, value) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (job_id, scope, name, measure) DO UPDATE SET value = value + excluded.value
                """)
        for (key, value) in tally.counts {
            try upsert.execute(arguments: [job, key.scope.rawValue, key.name, key.measure, value])
        }
    }
}
