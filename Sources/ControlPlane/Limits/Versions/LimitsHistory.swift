import Foundation
import GRDB
import RateLimiting
import Storage

/// The durable record of all versions: one SQLite file, one owner of its writer and its migrations.
struct LimitsHistory: Sendable {
    private let queue: DatabaseQueue
    /// What was there, and could not be read; what the API had said is gone.
    let setAside: DatabaseFile.SetAside?

    /// Older ones are forgotten, and more of them where they are large.
    static let maximumVersions = 1000
    static let maximumBytes = 64 << 20

    /// Opens the file, making or migrating it. Its journal is SQLite's own: in the other mode that the library knows,
    /// a power failure takes the last changes back.
    ///
    /// - Throws: `DatabaseError`.
    init(path: String) throws {
        let opened = try DatabaseFile(path: path).open {
            var configuration = Configuration()
            configuration.busyMode = .timeout(5)
            configuration.label = "limits"
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try Self.migrations.migrate(queue)
            try queue.checkIntegrity()
            return queue
        }
        (queue, setAside) = (opened.database, opened.setAside)
    }

    /// Opens the file of what may be a running service, to look at only.
    ///
    /// - Throws: `DatabaseError`.
    init(reading path: String) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.readonly = true
        queue = try DatabaseQueue(path: path, configuration: configuration)
        setAside = nil
    }

    /// Small columns first: SQLite reads what stands before a column to come to it.
    private static var migrations: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("versions") { database in
            try database.execute(
                sql: """
                    CREATE TABLE version (
                        number INTEGER PRIMARY KEY,
                        at INTEGER NOT NULL,
                        source TEXT NOT NULL,
                        by TEXT,
                        bytes INTEGER NOT NULL,
                        changes TEXT NOT NULL,
                        overlay TEXT NOT NULL,
                        "values" TEXT NOT NULL
                    ) STRICT;
                    """)
        }
        return migrator
    }

    /// The newest version; read before anything else runs.
    func newest() throws -> LimitsRecord? {
        try queue.read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM version ORDER BY number DESC LIMIT 1").map(Self.record)
        }
    }

    func record(_ number: Int) async throws -> LimitsRecord? {
        try await queue.read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM version WHERE number = ?", arguments: [number])
                .map(Self.record)
        }
    }

    /// Versions before a number, newest first.
    func versions(before number: Int?, limit: Int) async throws -> (versions: [LimitsVersion], next: Int?) {
        let found = try await queue.read { database in
            try Row.fetchAll(
                database,
                sql:
                    "SELECT number, at, source, by, changes FROM version WHERE number < ? ORDER BY number DESC LIMIT ?",
                arguments: [number ?? .max, limit + 1]
            ).map(Self.version)
        }
        let versions = Array(found.prefix(limit))
        return (versions, found.count > limit ? versions.last?.number : nil)
    }

    /// Makes a version durable before it comes into force. What was on record from its number on never did.
    func append(_ record: LimitsRecord) async throws {
        try await queue.write { try Self.insert(record, $0) }
    }

    /// The same at the start, when nothing else runs yet.
    func appendNow(_ record: LimitsRecord) throws {
        try queue.write { try Self.insert(record, $0) }
    }

    /// Forgets versions that did not come into force.
    func forget(from number: Int) async throws {
        try await queue.write { database in
            try database.execute(sql: "DELETE FROM version WHERE number >= ?", arguments: [number])
        }
    }

    private static func insert(_ record: LimitsRecord, _ database: Database) throws {
        let version = record.version
        let overlay = try text(StoredValue.all(record.overlay))
        let values = try text(StoredValue.all(record.values))
        let changes = try text(version.changes)
        try database.execute(sql: "DELETE FROM version WHERE number >= ?", arguments: [version.number])
        try database.execute(
            sql: """
                INSERT INTO version (number, at, source, by, overlay, "values", changes, bytes)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                version.number, version.at.microseconds, version.cause.source.rawValue, version.cause.by, overlay,
                values, changes, overlay.utf8.count + values.utf8.count + changes.utf8.count,
            ])
        try database.execute(
            sql: """
                DELETE FROM version WHERE number <= ? OR number < ? AND number IN (
                    SELECT number FROM (
                        SELECT number, SUM(bytes) OVER (ORDER BY number DESC) AS total FROM version
                    ) WHERE total > ?
                )
                """,
            arguments: [version.number - maximumVersions, version.number, maximumBytes])
    }

    private static func version(_ row: Row) throws -> LimitsVersion {
        guard let source = LimitsCause.Source(rawValue: row["source"]) else {
            throw DatabaseError(message: "version \(row["number"] as Int) has an unknown source")
        }
        return LimitsVersion(
            number: row["number"], at: Timestamp(microseconds: row["at"]),
            cause: LimitsCause(source: source, by: row["by"]),
            changes: try values(WrittenChange.self, row["changes"]))
    }

    private static func record(_ row: Row) throws -> LimitsRecord {
        LimitsRecord(
            version: try version(row), overlay: StoredValue.overlay(try values(StoredValue.self, row["overlay"])),
            values: StoredValue.values(try values(StoredValue.self, row["values"])))
    }

    private static func text(_ values: some Encodable) throws -> String {
        String(decoding: try JSON.encoder.encode(values), as: UTF8.self)
    }

    private static func values<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> [Value] {
        try JSON.decode([Value].self, from: Array(text.utf8), within: .own)
    }
}
