import GRDB
import RateLimiting

extension Manifest {
    /// Notes, with the end of a job itself, that it is to be told to whoever wants to know.
    static func scheduleWebhook(of job: String, at time: Timestamp, in database: Database) throws {
        try database.execute(
            sql: """
                UPDATE job SET webhook_state = 'pending', webhook_tries = 0, webhook_deaths = 0, webhook_at = ?
                WHERE id = ? AND CASE WHEN json_valid(request) THEN json_extract(request, '$.webhook') END IS NOT NULL
                """,
            arguments: [time.microseconds, job])
    }

    /// Notes that a delivery begins.
    func begin(webhookOf job: String) async throws {
        try await pool.write { database in
            try database.execute(sql: "UPDATE job SET webhook_is_under_way = 1 WHERE id = ?", arguments: [job])
        }
    }

    /// Notes that a delivery ended, and its process did not, and how far the telling of the job's end is.
    ///
    /// - Parameter time: when to try next.
    func update(webhookOf job: String, _ state: WebhookState, tries: Int, at time: Timestamp?) async throws {
        try await pool.write { database in
            try database.execute(
                sql: """
                    UPDATE job SET webhook_state = ?, webhook_tries = ?, webhook_at = ?, webhook_is_under_way = 0,
                        webhook_deaths = 0
                    WHERE id = ?
                    """,
                arguments: [state.rawValue, tries, time?.microseconds, job])
        }
    }

    /// Jobs whose end is to be told by now, and how often that was tried.
    ///
    /// - Parameter onTrial: only those during whose last delivery the process died.
    func webhooks(dueAt time: Timestamp, onTrial: Bool = false) async throws -> [(job: String, tries: Int)] {
        try await pool.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT id, webhook_tries FROM job WHERE webhook_at <= ? AND webhook_deaths >= ? ORDER BY webhook_at
                    """,
                arguments: [time.microseconds, onTrial ? 1 : 0]
            ).map { ($0["id"], $0["webhook_tries"]) }
        }
    }

    /// When the next of them is due.
    func nextWebhook() async throws -> Timestamp? {
        try await pool.read { database in
            try Int64.fetchOne(database, sql: "SELECT MIN(webhook_at) FROM job").map(Timestamp.init(microseconds:))
        }
    }
}
