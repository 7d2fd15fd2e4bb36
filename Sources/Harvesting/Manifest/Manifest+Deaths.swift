import GRDB
import RateLimiting

/// Which jobs bring their process down.
extension Manifest {
    /// Deaths of its process, with nothing recorded of the job in between, after which it is set aside.
    private static let mostDeaths = 2

    /// Takes note of how the process before this one ended. A job that was under way at a second death in a row, and
    /// alone, is set aside; one among several may be innocent, and gets a run without the others first.
    ///
    /// - Parameter died: whether the process died of itself: one that was killed says nothing about its jobs.
    /// - Returns: the jobs that were set aside.
    func takeDeaths(_ died: Bool, at time: Timestamp) async throws -> [Job] {
        try await pool.write { database in
            let running = try String.fetchAll(database, sql: "SELECT id FROM job WHERE is_under_way")
            try database.execute(
                sql: "UPDATE job SET deaths = deaths + ?, is_under_way = 0 WHERE is_under_way",
                arguments: [died ? 1 : 0])
            guard died, running.count == 1, let id = running.first else { return [] }
            try database.execute(
                sql: """
                    UPDATE job SET state = 'failed', reason = 'crashed_twice', reason_detail = ?, finished_at = ?
                    WHERE id = ? AND state = 'running' AND deaths >= ?
                    """,
                arguments: [
                    "the service crashed twice while it ran the job, with nothing recorded of it in between",
                    time.microseconds, id, Self.mostDeaths,
                ])
            guard database.changesCount == 1 else { return [] }
            try Self.scheduleWebhook(of: id, at: time, in: database)
            return [try Self.job(id, in: database)]
        }
    }

    /// Notes that something new is on record of a job, and so no death before counts any more.
    static func progressed(_ job: String, in database: Database) throws {
        try database.cachedStatement(sql: "UPDATE job SET deaths = 0 WHERE id = ? AND deaths > 0").execute(arguments: [
            job
        ])
    }

    /// Notes that a job's run ended, and its process did not.
    func leave(_ id: String) async throws {
        try await pool.write { database in
            try database.execute(sql: "UPDATE job SET is_under_way = 0, deaths = 0 WHERE id = ?", arguments: [id])
        }
    }
}
