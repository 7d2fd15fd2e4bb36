import GRDB
import RateLimiting

/// What was given up after it had crashed the process twice.
enum Culprit: Hashable, Sendable {
    case run(of: Job)
    case webhook(of: Job)
}

/// Which jobs, and which deliveries of webhooks, bring their process down.
extension Manifest {
    /// Deaths of its process, with nothing recorded of it in between, after which it is set aside.
    private static let mostDeaths = 2

    /// Takes note of how the process before this one ended. A job or a delivery that was under way at a second death in a
    /// row, and alone, is set aside; one among several may be innocent, and gets a run without the others first.
    ///
    /// - Parameter died: whether the process died of itself: one that was killed says nothing about its jobs.
    func takeDeaths(_ died: Bool, at time: Timestamp) async throws -> Culprit? {
        try await pool.write { database in
            let running = try String.fetchAll(database, sql: "SELECT id FROM job WHERE is_under_way")
            let delivered = try String.fetchAll(database, sql: "SELECT id FROM job WHERE webhook_is_under_way")
            try database.execute(
                sql: """
                    UPDATE job SET deaths = deaths + is_under_way * :died, is_under_way = 0,
                        webhook_deaths = webhook_deaths + webhook_is_under_way * :died, webhook_is_under_way = 0
                    WHERE is_under_way OR webhook_is_under_way
                    """,
                arguments: ["died": died ? 1 : 0])
            guard died, running.count + delivered.count == 1 else { return nil }
            if let id = running.first { return try Self.setAside(id, at: time, in: database) }
            return try delivered.first.flatMap { try Self.giveUp(webhookOf: $0, in: database) }
        }
    }

    private static func setAside(_ id: String, at time: Timestamp, in database: Database) throws -> Culprit? {
        try database.execute(
            sql: """
                UPDATE job SET state = 'failed', reason = 'crashed_twice', reason_detail = ?, finished_at = ?
                WHERE id = ? AND state = 'running' AND deaths >= ?
                """,
            arguments: [
                "the service crashed twice while it ran the job, with nothing recorded of it in between",
                time.microseconds, id, mostDeaths,
            ])
        guard database.changesCount == 1 else { return nil }
        try scheduleWebhook(of: id, at: time, in: database)
        return .run(of: try job(id, in: database))
    }

    private static func giveUp(webhookOf id: String, in database: Database) throws -> Culprit? {
        try database.execute(
            sql: "UPDATE job SET webhook_state = 'failed', webhook_at = NULL WHERE id = ? AND webhook_deaths >= ?",
            arguments: [id, mostDeaths])
        return database.changesCount == 1 ? .webhook(of: try job(id, in: database)) : nil
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
