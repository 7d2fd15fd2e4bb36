import GRDB
import RateLimiting

extension Manifest {
    /// Does to the job what can be done by its record alone; returns the state it was in.
    ///
    /// - Throws: ``JobNotFound``; ``RefusedAction``.
    func perform(_ action: JobAction, on id: String, at time: Timestamp) async throws -> JobState {
        try await pool.write { database in
            let previous = try Self.job(id, in: database).state
            guard action.states.contains(previous) else {
                throw RefusedAction(id: id, action: action, state: previous)
            }
            switch action {
            case .cancel:
                try database.execute(
                    sql: "UPDATE job SET state = 'cancelled', finished_at = ? WHERE id = ?",
                    arguments: [time.microseconds, id])
                try Self.scheduleWebhook(of: id, at: time, in: database)
            case .pause:
                try database.execute(sql: "UPDATE job SET state = 'paused' WHERE id = ?", arguments: [id])
            case .resume:
                try database.execute(sql: "UPDATE job SET state = 'queued' WHERE id = ?", arguments: [id])
            case .retry:
                try Self.reopen(id, in: database)
            case .delete:
                try database.execute(sql: "DELETE FROM job WHERE id = ?", arguments: [id])
            }
            return previous
        }
    }

    /// Takes up again what may turn out better another time: works without a file, unless there was none to look for.
    private static func reopen(_ id: String, in database: Database) throws {
        let condition = """
            job_id = ? AND classification NOT IN ('pdf', 'cached')
            AND (classification != 'skipped' OR reason LIKE '%\\_budget\\_exhausted' ESCAPE '\\')
            """
        for measure in ["'works'", "reason"] {
            try database.execute(
                sql: """
                    UPDATE tally SET value = value - reopened.count FROM
                        (SELECT classification, \(measure) AS measure, COUNT(*) AS count FROM work
                         WHERE \(condition) GROUP BY 1, 2) AS reopened
                    WHERE job_id = ? AND scope = 'classification' AND name = reopened.classification
                        AND tally.measure = reopened.measure
                    """,
                arguments: [id, id])
        }
        try database.execute(
            sql: """
                UPDATE work SET settled_at = NULL, classification = NULL, reason = NULL, reason_detail = NULL,
                    resolver = NULL, url = NULL, canonical_url = NULL, original_url = NULL, content_type = NULL
                WHERE \(condition)
                """,
            arguments: [id])
        try database.execute(
            sql: """
                UPDATE job SET state = 'queued', reason = NULL, reason_detail = NULL, started_at = NULL,
                    finished_at = NULL, webhook_state = NULL, webhook_at = NULL, deaths = 0, bytes_before = ?
                WHERE id = ?
                """,
            arguments: [try tally(of: id, [.job], in: database)["bytes", .job], id])
    }
}
