import Foundation
import GRDB
import HTTPCaching
import HTTPTypes
import Storage
import Synchronization

/// The index of the cache: one SQLite file. Losing it loses the cache and nothing else.
struct CacheIndex: Sendable {
    private let pool: DatabasePool
    /// What was there, and could not be read.
    let setAside: DatabaseFile.SetAside?
    private let waiting = Waiting()

    /// Changes that wait for the writer: whoever comes first writes them all in one transaction.
    private final class Waiting: Sendable {
        let changes = Mutex<[Change]>([])
    }

    private enum Change: Sendable {
        case insert(CacheEntry, usedAt: Int64)
        case update(CacheEntry)
        case touch([Int64: Int64])
    }

    init(path: String) throws {
        let opened = try DatabaseFile(path: path).open { try Self.open(path) }
        (pool, setAside) = (opened.database, opened.setAside)
    }

    private static func open(_ path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.label = "cache"
        let pool = try DatabasePool(path: path, configuration: configuration)
        var migrator = DatabaseMigrator()
        migrator.registerMigration("entries") { database in
            try database.execute(
                sql: """
                    CREATE TABLE entry (
                        id INTEGER PRIMARY KEY,
                        key BLOB NOT NULL,
                        host TEXT NOT NULL,
                        variant BLOB NOT NULL,
                        response BLOB NOT NULL,
                        file TEXT NOT NULL,
                        length INTEGER NOT NULL,
                        digest BLOB NOT NULL,
                        used_at INTEGER NOT NULL
                    ) STRICT;
                    CREATE INDEX entry_key ON entry (key);
                    CREATE INDEX entry_host ON entry (host);
                    CREATE INDEX entry_used ON entry (used_at);
                    """)
        }
        try migrator.migrate(pool)
        try pool.checkIntegrity()
        return pool
    }

    func entries(for key: CacheKey) async throws -> [CacheEntry] {
        try await pool.read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM entry WHERE key = ?", arguments: [key.digest])
                .compactMap { Self.entry($0, key) }
        }
    }

    /// What has to be known of an entry to remove it.
    struct Place: FetchableRecord, Decodable, Sendable {
        let id: Int64
        let key: Data
        let file: String
        let length: Int64
    }

    /// The longest unused first.
    func oldest(_ count: Int) async throws -> [Place] {
        try await places("ORDER BY used_at LIMIT ?", [count])
    }

    /// Those of a host, or all of them.
    func places(host: String?) async throws -> [Place] {
        guard let host else { return try await places("", []) }
        return try await places("WHERE host = ?", [host])
    }

    private func places(_ which: String, _ arguments: StatementArguments) async throws -> [Place] {
        try await pool.read { database in
            try Place.fetchAll(database, sql: "SELECT id, key, file, length FROM entry \(which)", arguments: arguments)
        }
    }

    /// All files that belong to entries, and their bytes in all.
    func inventory() throws -> (files: Set<String>, bytes: Int64, newestID: Int64) {
        try pool.read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT id, file, length FROM entry")
            return (
                Set(rows.map { $0["file"] }), rows.reduce(0) { $0 + ($1["length"] as Int64) },
                rows.map { $0["id"] as Int64 }.max() ?? 0
            )
        }
    }

    func insert(_ entry: CacheEntry, usedAt: Int64) async throws {
        try await write(.insert(entry, usedAt: usedAt))
    }

    func update(_ entry: CacheEntry) async throws { try await write(.update(entry)) }

    /// - Returns: those of them that were there.
    func remove(_ ids: [Int64]) async throws -> Set<Int64> {
        try await pool.write { database in
            let statement = try database.cachedStatement(sql: "DELETE FROM entry WHERE id = ?")
            var removed: Set<Int64> = []
            for id in ids {
                try statement.execute(arguments: [id])
                if database.changesCount > 0 { removed.insert(id) }
            }
            return removed
        }
    }

    func touch(_ times: [Int64: Int64]) async throws { try await write(.touch(times)) }

    private func write(_ change: Change) async throws {
        waiting.changes.withLock { $0.append(change) }
        try await pool.write { [waiting] database in
            let changes = waiting.changes.withLock { changes in
                defer { changes = [] }
                return changes
            }
            for change in changes { try Self.apply(change, to: database) }
        }
    }

    private static func apply(_ change: Change, to database: Database) throws {
        switch change {
        case .insert(let entry, let usedAt):
            let statement = try database.cachedStatement(
                sql: """
                    INSERT INTO entry (id, key, host, variant, response, file, length, digest, used_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """)
            try statement.execute(arguments: [
                entry.id, entry.key.digest, entry.host, entry.variant, try encoded(entry.response), entry.body.name,
                entry.body.length, entry.body.digest, usedAt,
            ])
        case .update(let entry):
            try database.execute(
                sql: "UPDATE entry SET response = ? WHERE id = ?",
                arguments: [try encoded(entry.response), entry.id])
        case .touch(let times):
            let statement = try database.cachedStatement(sql: "UPDATE entry SET used_at = ? WHERE id = ?")
            for (id, time) in times { try statement.execute(arguments: [time, id]) }
        }
    }

    private static func encoded(_ response: StoredResponse) throws -> Data {
        try JSONEncoder().encode(StoredResponseRecord(response))
    }

    /// `nil` for a row that an older version wrote in words that this one cannot read.
    private static func entry(_ row: Row, _ key: CacheKey) -> CacheEntry? {
        guard let response = try? JSONDecoder().decode(StoredResponseRecord.self, from: row["response"]).response else {
            return nil
        }
        return CacheEntry(
            id: row["id"], key: key, host: row["host"], variant: row["variant"], response: response,
            body: StoredBody(name: row["file"], length: row["length"], digest: row["digest"]))
    }
}
