import GRDB
import RateLimiting

extension Manifest {
    /// The counters of a job.
    func tally(of job: String) async throws -> Tally {
        try await pool.read { try Self.tally(of: job, Tally.Scope.allCases, in: $0) }
    }

    /// Adds to the counters of a job.
    func add(_ tally: Tally, to job: String) async throws {
        try await pool.write { try Self.add(tally, to: job, in: $0) }
    }

    /// Bytes of files that the job has fetched since it was submitted or retried.
    func bytes(of job: String) async throws -> Int {
        try await pool.read { database in
            let before = try Int.fetchOne(database, sql: "SELECT bytes_before FROM job WHERE id = ?", arguments: [job])
            return try Self.tally(of: job, [.job], in: database)["bytes", .job] - (before ?? 0)
        }
    }

    static func tally(of job: String, _ scopes: [Tally.Scope], in database: Database) throws -> Tally {
        var tally = Tally()
        for scope in scopes {
            let select = try database.cachedStatement(
                sql: "SELECT name, measure, value FROM tally WHERE job_id = ? AND scope = ?")
            for row in try Row.fetchAll(select, arguments: [job, scope.rawValue]) {
                tally.add(row["value"], row["measure"], scope, row["name"])
            }
        }
        return tally
    }

    /// Settles all that is still open, unfetched.
    func skipPending(of job: String, reason: String, at time: Timestamp) async throws {
        try await pool.write { database in
            try database.execute(
                sql: """
                    UPDATE work SET settled_at = ?, classification = 'skipped', reason = ?, progress = NULL
                    WHERE job_id = ? AND settled_at IS NULL
                    """,
                arguments: [time.microseconds, reason, job])
            var tally = Tally()
            tally.add(database.changesCount, "works", .classification, Classification.skipped.rawValue)
            tally.add(database.changesCount, reason, .classification, Classification.skipped.rawValue)
            try Self.add(tally, to: job, in: database)
        }
    }
}
