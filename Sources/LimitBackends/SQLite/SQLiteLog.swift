import Foundation
import GRDB
package import RateLimiting
package import Storage

/// The log of several processes on one machine, in an SQLite file: one short transaction for each batch.
///
/// Commits survive a process that is killed. A power cut can take back the last of them, and with these what they
/// counted: nobody was asked anything while the power was off.
package struct SQLiteLog: LimitLog {
    private let pool: DatabasePool
    private let clock: BootClock
    /// What was there, and could not be read.
    package let setAside: DatabaseFile.SetAside?

    /// How often a process looks whether others have appended something.
    private static let pollingInterval = Duration.milliseconds(5)
    /// How long one looks before it reads again all the same.
    private static let polls = 100

    /// Opens the file; makes it, or upgrades its schema, if necessary.
    ///
    /// - Throws: `DatabaseError`, ``DatabaseFile/InUse``, ``SQLiteSchema/Newer``, and what making the file throws.
    package init(path: String) throws {
        let opened = try DatabaseFile(path: path).openShared { try Self.open(path) }
        (pool, setAside) = (opened.database, opened.setAside)
        clock = try BootClock()
    }

    private static func open(_ path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.label = "limits"
        configuration.maximumReaderCount = 2
        // Transactions take a fraction of a millisecond: the waits of SQLite's own busy handler are far longer. SQLite
        // has this one return when it is to try again, on the pool's own queue: nothing can be awaited there.
        configuration.busyMode = .callback { tries in
            usleep(tries < 20 ? 50 : 500)
            return tries < 10_000
        }
        let pool = try DatabasePool(path: path, configuration: configuration)
        try SQLiteSchema.upgrade(pool)
        try pool.checkIntegrity()
        return pool
    }

    package func exchange(
        _ batch: LogBatch?, after position: LogPosition, on condition: LogCondition
    ) async throws(LimitLogUnavailable) -> LogAnswer {
        guard let batch else {
            return try await reading { database in
                guard let head = try Head(database) else { return .lost }
                return try read(after: position, head, database)
            }
        }
        return try await writing { database in
            guard var head = try Head(database) else { return .lost }
            let answer = try read(after: position, head, database)
            guard case .entries(let entries, let time) = answer, entries.isEmpty || condition == .always else {
                return answer
            }
            let appended = LogEntry(
                position: LogPosition(number: head.position.number + 1, mark: batch.mark), time: time,
                bytes: batch.bytes)
            try database.cachedStatement(sql: "INSERT INTO entry (number, mark, time, batch) VALUES (?, ?, ?, ?)")
                .execute(arguments: [
                    appended.position.number, Int64(bitPattern: batch.mark), time.microseconds, Data(batch.bytes),
                ])
            head.append(appended, at: clock)
            try head.update(database)
            return .entries(entries + [appended], time: time)
        }
    }

    private func read(after position: LogPosition, _ head: Head, _ database: Database) throws -> LogAnswer {
        guard position.number <= head.position.number else { return .lost }
        guard position.number >= head.checkpoint.number else { return .dropped }
        let mark: UInt64? =
            if position.number == head.checkpoint.number { head.checkpoint.mark } else {
                try Int64.fetchOne(
                    database.cachedStatement(sql: "SELECT mark FROM entry WHERE number = ?"),
                    arguments: [position.number]
                ).map(UInt64.init(bitPattern:))
            }
        guard mark == position.mark else { return .lost }
        let time = head.now(clock)
        guard position.number < head.position.number else { return .entries([], time: time) }
        let rows = try Row.fetchAll(
            database.cachedStatement(
                sql: "SELECT number, mark, time, batch FROM entry WHERE number > ? ORDER BY number"),
            arguments: [position.number])
        return .entries(rows.map { Self.entry($0) }, time: time)
    }

    private static func entry(_ row: Row) -> LogEntry {
        LogEntry(
            position: LogPosition(number: row[0], mark: UInt64(bitPattern: row[1])),
            time: Timestamp(microseconds: row[2]), bytes: Array(row[3] as Data))
    }

    package func checkpoint() async throws(LimitLogUnavailable) -> LogCheckpoint? {
        try await reading { database in
            try Row.fetchOne(
                database,
                sql: "SELECT checkpoint_number, checkpoint_mark, checkpoint_time, bytes FROM head, checkpoint"
            ).map { row in
                let entry = Self.entry(row)
                return LogCheckpoint(position: entry.position, time: entry.time, bytes: entry.bytes)
            }
        }
    }

    package func leave(_ checkpoint: LogCheckpoint) async throws(LimitLogUnavailable) {
        try await writing { database in
            let position = checkpoint.position
            try database.execute(
                sql: """
                    UPDATE head SET checkpoint_number = ?, checkpoint_mark = ?, checkpoint_time = ?
                    WHERE checkpoint_number < ? AND ? = (SELECT mark FROM entry WHERE number = ?)
                    """,
                arguments: [
                    position.number, Int64(bitPattern: position.mark), checkpoint.time.microseconds,
                    position.number, Int64(bitPattern: position.mark), position.number,
                ])
            guard database.changesCount == 1 else { return }
            try database.execute(sql: "UPDATE checkpoint SET bytes = ?", arguments: [Data(checkpoint.bytes)])
            try database.execute(sql: "DELETE FROM entry WHERE number <= ?", arguments: [position.number])
        }
    }

    package func begin(with checkpoint: LogCheckpoint) async throws(LimitLogUnavailable) -> Bool {
        try await writing { database in
            if let head = try Head(database), head.position.number >= checkpoint.position.number { return false }
            try database.execute(sql: "DELETE FROM entry")
            try database.execute(sql: "DELETE FROM head")
            try Head(beginningWith: checkpoint, at: clock).insert(database)
            try database.execute(
                sql: "INSERT OR REPLACE INTO checkpoint VALUES (1, ?)", arguments: [Data(checkpoint.bytes)])
            return true
        }
    }

    package func news(after position: LogPosition) async throws(LimitLogUnavailable) {
        for _ in 0..<Self.polls {
            let newest = try await reading { database in
                try Int64.fetchOne(database.cachedStatement(sql: "SELECT number FROM head"))
            }
            guard newest == position.number, (try? await Task.sleep(for: Self.pollingInterval)) != nil else { return }
        }
    }

    private func reading<Value: Sendable>(
        _ body: @Sendable @escaping (Database) throws -> Value
    ) async throws(LimitLogUnavailable) -> Value {
        do { return try await pool.read(body) } catch { throw LimitLogUnavailable("\(error)") }
    }

    private func writing<Value: Sendable>(
        _ body: @Sendable @escaping (Database) throws -> Value
    ) async throws(LimitLogUnavailable) -> Value {
        do { return try await pool.write(body) } catch { throw LimitLogUnavailable("\(error)") }
    }
}
