import Foundation
import GRDB
package import RateLimiting

extension Manifest {
    /// Records a new job as queued.
    package func insert(id: String, request: JobRequest, at time: Timestamp) async throws -> Job {
        let text = try String(decoding: JSONEncoder().encode(request), as: UTF8.self)
        return try await pool.write { database in
            try database.execute(
                sql: "INSERT INTO job (id, state, request, created_at) VALUES (?, 'queued', ?, ?)",
                arguments: [id, text, time.microseconds])
            return try Self.job(id, in: database)
        }
    }

    /// - Throws: ``JobNotFound``.
    package func job(_ id: String) async throws -> Job {
        try await pool.read { try Self.job(id, in: $0) }
    }

    /// Newest first.
    ///
    /// - Parameter before: the `next` of an earlier page.
    package func jobs(state: JobState?, before: Int?, limit: Int) async throws -> (jobs: [Job], next: Int?) {
        try await pool.read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT number, id FROM job WHERE number < ? AND (? IS NULL OR state = ?)
                    ORDER BY number DESC LIMIT ?
                    """,
                arguments: [before ?? .max, state?.rawValue, state?.rawValue, limit + 1])
            let jobs = try rows.prefix(limit).map { try Self.job($0["id"], in: database) }
            return (jobs, rows.count > limit ? rows[limit - 1]["number"] as Int : nil)
        }
    }

    package func jobCounts() async throws -> [JobState: Int] {
        try await pool.read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT state, COUNT(*) AS count FROM job GROUP BY state")
            var counts: [JobState: Int] = [:]
            for row in rows {
                if let state = JobState(rawValue: row["state"]) { counts[state] = row["count"] }
            }
            return counts
        }
    }

    /// Ids of jobs that are still to be run, oldest first; those that a stopped process was running come before others.
    func unfinishedJobs() async throws -> [String] {
        try await pool.read { database in
            try String.fetchAll(
                database,
                sql: "SELECT id FROM job WHERE state IN ('queued', 'running') ORDER BY state = 'queued', number")
        }
    }

    /// Marks the job as running; `nil` when it is in no state to run.
    func start(_ id: String, at time: Timestamp) async throws -> Job? {
        try await pool.write { database in
            try database.execute(
                sql: """
                    UPDATE job SET state = 'running', started_at = COALESCE(started_at, ?)
                    WHERE id = ? AND state IN ('queued', 'running')
                    """,
                arguments: [time.microseconds, id])
            return database.changesCount == 1 ? try Self.job(id, in: database) : nil
        }
    }

    /// Ends a running job; one that was cancelled meanwhile stays cancelled.
    func finish(_ id: String, _ failure: JobFailure?, at time: Timestamp) async throws {
        try await pool.write { database in
            try database.execute(
                sql: """
                    UPDATE job SET state = ?, reason = ?, reason_detail = ?, finished_at = ?
                    WHERE id = ? AND state = 'running'
                    """,
                arguments: [
                    (failure == nil ? JobState.succeeded : .failed).rawValue, failure?.reason, failure?.detail,
                    time.microseconds, id,
                ])
        }
    }

    /// Cancels the job unless it has ended; returns the state it was in.
    ///
    /// - Throws: ``JobNotFound``.
    func cancel(_ id: String, at time: Timestamp) async throws -> JobState {
        try await pool.write { database in
            let previous = try Self.job(id, in: database).state
            if !previous.isFinal {
                try database.execute(
                    sql: "UPDATE job SET state = 'cancelled', finished_at = ? WHERE id = ?",
                    arguments: [time.microseconds, id])
            }
            return previous
        }
    }

    private static func job(_ id: String, in database: Database) throws -> Job {
        guard let row = try Row.fetchOne(database, sql: "SELECT * FROM job WHERE id = ?", arguments: [id]) else {
            throw JobNotFound(id: id)
        }
        let request: String = row["request"]
        let state: String = row["state"]
        return Job(
            id: id,
            state: JobState(rawValue: state) ?? .failed,
            reason: row["reason"],
            reasonDetail: row["reason_detail"],
            request: try JSONDecoder().decode(JobRequest.self, from: Data(request.utf8)),
            createdAt: Timestamp(microseconds: row["created_at"]),
            startedAt: (row["started_at"] as Int64?).map(Timestamp.init(microseconds:)),
            finishedAt: (row["finished_at"] as Int64?).map(Timestamp.init(microseconds:)),
            works: try counts(of: id, listingComplete: row["listing_complete"], in: database)
        )
    }

    private static func counts(
        of id: String, listingComplete: Bool, in database: Database
    ) throws -> WorkCounts {
        var counts = WorkCounts(listingComplete: listingComplete)
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT classification, COUNT(*) AS count,
                    SUM(CASE WHEN classification = 'pdf' THEN content_length ELSE 0 END) AS bytes
                FROM work WHERE job_id = ? GROUP BY classification
                """,
            arguments: [id])
        for row in rows {
            let count: Int = row["count"]
            counts.listed += count
            guard let classification = row["classification"] as String? else { continue }
            counts.done += count
            counts.byClassification[classification] = count
            counts.bytes += row["bytes"] as Int
        }
        return counts
    }
}
