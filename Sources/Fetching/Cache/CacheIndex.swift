import Foundation
import GRDB
import HTTPCaching
import HTTPTypes
import Storage

/// The index of the cache: one SQLite file. Losing it loses the cache and nothing else.
struct CacheIndex: Sendable {
    let pool: DatabasePool
    /// What was there, and could not be read.
    let setAside: DatabaseFile.SetAside?
    let waiting = Waiting()

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
        migrator.registerMigration("groups") { database in
            try database.execute(
                sql: """
                    CREATE TABLE membership (
                        grouping BLOB NOT NULL,
                        entry INTEGER NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
                        PRIMARY KEY (grouping, entry)
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX membership_entry ON membership (entry);
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

    /// Those of a group, at most so many.
    func places(group: CacheGroup, _ count: Int) async throws -> [Place] {
        try await places(
            "WHERE id IN (SELECT entry FROM membership WHERE grouping = ? LIMIT ?)", [group.digest, count])
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

    static func encoded(_ response: StoredResponse) throws -> Data {
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
