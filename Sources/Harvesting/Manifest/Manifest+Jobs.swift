import Foundation
import GRDB
package import RateLimiting

extension Manifest {
    /// Records a new job as queued.
    ///
    /// - Parameter key: the same key gives the job that it made the first time.
    /// - Throws: ``ReusedIdempotencyKey`` where it came with another request then.
    package func insert(
        id: String, request: JobRequest, idempotencyKey key: String? = nil, at time: Timestamp
    ) async throws -> Job {
        let digest = try request.digest()
        let stored = try String(decoding: JSONEncoder().encode(request.summary), as: UTF8.self)
        let credentials = try request.credentials.map { try CredentialsKey(file: keyFile).sealed($0, of: id) }
        return try await pool.write { database in
            if let key,
                let earlier = try Row.fetchOne(
                    database, sql: "SELECT id, request_digest FROM job WHERE idempotency_key = ?", arguments: [key])
            {
                guard earlier["request_digest"] == digest else { throw ReusedIdempotencyKey(id: earlier["id"]) }
                return try Self.job(earlier["id"], in: database)
            }
            try database.execute(
                sql: """
                    INSERT INTO job (id, state, request, credentials, request_digest, idempotency_key, created_at)
                    VALUES (?, 'queued', ?, ?, ?, ?, ?)
                    """,
                arguments: [id, stored, credentials, digest, key, time.microseconds])
            let insert = try database.cachedStatement(
                sql: "INSERT INTO given (job_id, position, entry) VALUES (?, ?, ?)")
            let encoder = JSONEncoder()
            for (position, work) in request.givenWorks.enumerated() {
                try insert.execute(arguments: [id, position, String(decoding: encoder.encode(work), as: UTF8.self)])
            }
            return try Self.job(id, in: database)
        }
    }

    /// Whether a job was made for just this request.
    func isJob(_ id: String, for request: JobRequest) async throws -> Bool {
        let digest = try request.digest()
        return try await pool.read { database in
            try String.fetchOne(database, sql: "SELECT request_digest FROM job WHERE id = ?", arguments: [id]) == digest
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

    /// Jobs that are still to be run, oldest first, and whether a process died while it ran them: then they come before
    /// others. So do those that a stopped process was running.
    func unfinishedJobs() async throws -> [(id: String, onTrial: Bool)] {
        try await pool.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT id, deaths FROM job WHERE state IN ('queued', 'running')
                    ORDER BY deaths DESC, state = 'queued', number
                    """
            ).map { row in (row["id"], row["deaths"] > 0) }
        }
    }

    /// Ids of jobs that ended before a time.
    func jobs(endedBefore time: Timestamp) async throws -> [String] {
        try await pool.read { database in
            try String.fetchAll(
                database, sql: "SELECT id FROM job WHERE finished_at < ? ORDER BY number",
                arguments: [time.microseconds])
        }
    }

    /// Marks the job as running and under way; `nil` when it is in no state to run.
    func start(_ id: String, at time: Timestamp) async throws -> Job? {
        try await pool.write { database in
            try database.execute(
                sql: """
                    UPDATE job SET state = 'running', is_under_way = 1, started_at = COALESCE(started_at, ?)
                    WHERE id = ? AND state IN ('queued', 'running')
                    """,
                arguments: [time.microseconds, id])
            return database.changesCount == 1 ? try Self.job(id, in: database) : nil
        }
    }

    /// Ends a running job; one that was cancelled or paused meanwhile stays so.
    ///
    /// - Returns: the job, where it ended by this.
    func finish(_ id: String, _ failure: JobFailure?, at time: Timestamp) async throws -> Job? {
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
            guard database.changesCount == 1 else { return nil }
            try Self.scheduleWebhook(of: id, at: time, in: database)
            return try Self.job(id, in: database)
        }
    }

    static func job(_ id: String, in database: Database) throws -> Job {
        guard let row = try Row.fetchOne(database, sql: "SELECT * FROM job WHERE id = ?", arguments: [id]) else {
            throw JobNotFound(id: id)
        }
        let text: String = row["request"]
        let state: String = row["state"]
        var request = JobRequest()
        var unreadable: JobFailure?
        do {
            request = try JSONDecoder().decode(JobRequest.self, from: Data(text.utf8)).withoutUsers
        } catch {
            // It cannot be run, but it can be shown, and deleted.
            unreadable = JobFailure(storing: error)
        }
        return Job(
            id: id,
            state: unreadable == nil ? JobState(rawValue: state) ?? .failed : .failed,
            reason: unreadable?.reason ?? row["reason"],
            reasonDetail: unreadable?.detail ?? row["reason_detail"],
            request: request,
            createdAt: Timestamp(microseconds: row["created_at"]),
            startedAt: (row["started_at"] as Int64?).map(Timestamp.init(microseconds:)),
            finishedAt: (row["finished_at"] as Int64?).map(Timestamp.init(microseconds:)),
            works: WorkCounts(
                try tally(of: id, [.job, .classification], in: database), listingComplete: row["listing_complete"]),
            webhook: (row["webhook_state"] as String?).flatMap(WebhookState.init)
        )
    }
}
