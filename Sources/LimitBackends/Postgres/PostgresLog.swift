import Foundation
package import RateLimiting

/// The log in a PostgreSQL: each exchange is one call of a function there, under the lock of the log's own row, at the
/// server's time.
package final class PostgresLog: LimitLog {
    private let namespace: String
    private let host: String
    private let session: PostgresSession
    /// Moves checkpoints, for as long as that takes, beside what is decided meanwhile.
    private let checkpoints: PostgresSession
    /// Hears of what is appended; waits on a connection of its own.
    private let listening: PostgresSession

    /// How long those who wait for news wait where none is told.
    private static let fallbackMilliseconds = 500
    /// How long moving a checkpoint may take.
    private static let checkpointMilliseconds = 60_000

    /// - Parameters:
    ///   - address: as libpq takes it, such as `postgresql://user:password@host/database`.
    ///   - namespace: names the log among others in the database.
    /// - Throws: ``InvalidAddress``, which does not repeat the text: it may carry a password.
    package init(_ address: String, namespace: String = "weir") throws(InvalidAddress) {
        try Self.check(address)
        self.namespace = namespace
        host = URLComponents(string: address)?.host ?? "PostgreSQL"
        // What a crash of the server takes back the instances still know, and begin the log anew.
        let setUp = [
            "SET synchronous_commit = off; SET client_min_messages = warning",
            String(decoding: PackageResources.install_sql, as: UTF8.self),
        ]
        session = PostgresSession(address, setUp: setUp)
        checkpoints = PostgresSession(address, setUp: setUp, deadline: Self.checkpointMilliseconds)
        let name = namespace.replacing("'", with: "''")
        listening = PostgresSession(
            address,
            setUp: ["DO $$ BEGIN EXECUTE 'LISTEN weir_' || md5('\(name)'); END $$"])
    }

    /// What libpq would complain of it has to be found before: its complaints repeat parts of the address, and where a
    /// character of the password is not encoded, they repeat the password.
    ///
    /// - Throws: ``InvalidAddress``.
    package static func check(_ address: String) throws(InvalidAddress) {
        guard address.hasPrefix("postgresql://") || address.hasPrefix("postgres://"),
            let options = ConnectionOptions.parse(address),
            !(options["host", default: ""] + options["dbname", default: ""]).contains("@"),
            options["port", default: ""].split(separator: ",").allSatisfy({ UInt16($0) != nil })
        else {
            throw InvalidAddress(
                "must look like postgresql://user:password@host:5432/database; write %40 for @ in the password, and so on"
            )
        }
    }

    package func exchange(
        _ batch: LogBatch?, after position: LogPosition, on condition: LogCondition
    ) async throws(LimitLogUnavailable) -> LogAnswer {
        let rows = try await call(
            "SELECT * FROM weir_exchange_1($1, $2::text::bigint, $3::text::bigint, $4::text::bigint, $5, $6)",
            Self.place(position) + [
                batch.map { .text("\(Int64(bitPattern: $0.mark))") } ?? .null, batch.map { .bytes($0.bytes) } ?? .null,
                .text(condition.rawValue),
            ], on: session)
        guard let first = rows.first, let kind = first[0].map({ String(decoding: $0, as: UTF8.self) }) else {
            throw LimitLogUnavailable("\(host): replied what no function of this version does")
        }
        switch kind {
        case "lost": return .lost
        case "dropped": return .dropped
        case "interrupted": return .interrupted
        default: break
        }
        var entries: [LogEntry] = []
        for row in rows.dropFirst() {
            let isOwn = row[0].map { $0.starts(with: "appended".utf8) } ?? false
            let bytes = isOwn ? batch?.bytes : row[4]
            entries.append(
                LogEntry(
                    position: LogPosition(
                        number: Self.number(row[1]), mark: UInt64(bitPattern: Self.number(row[2]))),
                    time: Timestamp(microseconds: Self.number(row[3])), bytes: bytes ?? []))
        }
        return .entries(entries, time: Timestamp(microseconds: Self.number(first[3])))
    }

    package func checkpoint() async throws(LimitLogUnavailable) -> LogCheckpoint? {
        try await call(
            """
            SELECT base, base_mark, base_time, bytes FROM weir_head_1 JOIN weir_checkpoint_1 USING (namespace)
            WHERE namespace = $1
            """, [], on: checkpoints
        ).first.map { row in
            LogCheckpoint(
                position: LogPosition(number: Self.number(row[0]), mark: UInt64(bitPattern: Self.number(row[1]))),
                time: Timestamp(microseconds: Self.number(row[2])), bytes: row[3] ?? [])
        }
    }

    package func leave(_ checkpoint: LogCheckpoint) async throws(LimitLogUnavailable) {
        _ = try await call(
            "SELECT weir_leave_1($1, $2::text::bigint, $3::text::bigint, $4::text::bigint, $5)",
            Self.parameters(checkpoint), on: checkpoints)
    }

    package func begin(with checkpoint: LogCheckpoint) async throws(LimitLogUnavailable) -> Bool {
        let rows = try await call(
            "SELECT weir_begin_1($1, $2::text::bigint, $3::text::bigint, $4::text::bigint, $5)",
            Self.parameters(checkpoint), on: checkpoints)
        return rows.first?[0] == [1]
    }

    package func news(after position: LogPosition) async throws(LimitLogUnavailable) {
        do {
            let isListening = try await listening.notifications(within: 0)
            if isListening.contains(where: { Int64($0) ?? .max > position.number }) { return }
            _ = try await listening.notifications(within: Self.fallbackMilliseconds)
        } catch {
            throw LimitLogUnavailable("\(host): \(error)")
        }
    }

    private func call(
        _ statement: String, _ parameters: [PostgresParameter], on session: PostgresSession
    ) async throws(LimitLogUnavailable) -> [[[UInt8]?]] {
        do {
            return try await session.run(statement, [.text(namespace)] + parameters)
        } catch {
            throw LimitLogUnavailable("\(host): \(error)")
        }
    }

    private static func place(_ position: LogPosition) -> [PostgresParameter] {
        [.text("\(position.number)"), .text("\(Int64(bitPattern: position.mark))")]
    }

    private static func parameters(_ checkpoint: LogCheckpoint) -> [PostgresParameter] {
        place(checkpoint.position) + [.text("\(checkpoint.time.microseconds)"), .bytes(checkpoint.bytes)]
    }

    /// A bigint in binary: eight bytes, the highest first.
    private static func number(_ bytes: [UInt8]?) -> Int64 {
        Int64(bitPattern: (bytes ?? []).reduce(0) { $0 << 8 | UInt64($1) })
    }
}
