import Foundation
import GRDB
package import Storage

/// The durable record of jobs, works and attempts: one SQLite file, one owner of its writer and its migrations.
package struct Manifest: Sendable {
    let pool: DatabasePool
    /// Of ``CredentialsKey``.
    let keyFile: URL
    /// Of ``CrashMark``.
    let crashMark: URL
    /// What was there, and could not be read; its jobs are gone.
    package let setAside: DatabaseFile.SetAside?

    /// Opens the file, making or migrating it. Nobody but its owner may read it, since jobs can bring credentials.
    ///
    /// - Throws: `DatabaseError`, and what changing its permissions throws.
    package init(path: String) throws {
        let opened = try DatabaseFile(path: path).open { try Self.open(path) }
        (pool, setAside) = (opened.database, opened.setAside)
        let folder = URL(filePath: path).deletingLastPathComponent()
        keyFile = folder.appending(path: "credentials.key")
        crashMark = folder.appending(path: "crashed")
    }

    private static func open(_ path: String) throws -> DatabasePool {
        // SQLite's own files beside it get the same permissions.
        if !FileManager.default.fileExists(atPath: path) {
            _ = FileManager.default.createFile(atPath: path, contents: nil)
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.label = "manifest"
        let pool = try DatabasePool(path: path, configuration: configuration)
        try migrations.migrate(pool)
        try pool.checkIntegrity()
        return pool
    }

    private static var migrations: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("jobs, works, attempts") { database in
            try database.execute(
                sql: """
                    CREATE TABLE job (
                        number INTEGER PRIMARY KEY AUTOINCREMENT,
                        id TEXT NOT NULL UNIQUE,
                        state TEXT NOT NULL,
                        reason TEXT,
                        reason_detail TEXT,
                        request TEXT NOT NULL,
                        created_at INTEGER NOT NULL,
                        started_at INTEGER,
                        finished_at INTEGER,
                        cursor TEXT,
                        listing_complete INTEGER NOT NULL DEFAULT 0
                    ) STRICT;
                    CREATE INDEX job_state ON job (state);

                    CREATE TABLE work (
                        job_id TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
                        position INTEGER NOT NULL,
                        work_id TEXT NOT NULL,
                        doi TEXT,
                        title TEXT,
                        publication_year INTEGER,
                        source TEXT NOT NULL,
                        settled_at INTEGER,
                        classification TEXT,
                        reason TEXT,
                        reason_detail TEXT,
                        resolver TEXT,
                        url TEXT,
                        canonical_url TEXT,
                        original_url TEXT,
                        content_type TEXT,
                        sha256 TEXT,
                        content_length INTEGER,
                        etag TEXT,
                        last_modified TEXT,
                        PRIMARY KEY (job_id, position),
                        UNIQUE (job_id, work_id)
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX work_pending ON work (job_id, position) WHERE settled_at IS NULL;
                    CREATE INDEX work_file_by_id ON work (work_id) WHERE sha256 IS NOT NULL;
                    CREATE INDEX work_file_by_url ON work (canonical_url) WHERE sha256 IS NOT NULL;
                    CREATE INDEX work_file ON work (sha256) WHERE sha256 IS NOT NULL;

                    CREATE TABLE attempt (
                        number INTEGER PRIMARY KEY,
                        job_id TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
                        work_id TEXT NOT NULL,
                        made_at INTEGER NOT NULL,
                        resolver TEXT NOT NULL,
                        original_url TEXT NOT NULL,
                        url TEXT NOT NULL,
                        role TEXT NOT NULL,
                        host TEXT NOT NULL,
                        status TEXT NOT NULL,
                        http_status INTEGER,
                        classification TEXT,
                        reason TEXT,
                        reason_detail TEXT,
                        content_type TEXT,
                        content_length INTEGER,
                        elapsed_ms INTEGER NOT NULL,
                        limiter_wait_ms INTEGER NOT NULL
                    ) STRICT;
                    CREATE INDEX attempt_made ON attempt (made_at);
                    CREATE INDEX attempt_work ON attempt (job_id, work_id);
                    """)
        }
        migrator.registerMigration("cache and breaker of attempts") { database in
            try database.execute(
                sql: """
                    ALTER TABLE attempt ADD COLUMN from_cache INTEGER NOT NULL DEFAULT 0;
                    ALTER TABLE attempt ADD COLUMN breaker_state TEXT;
                    """)
        }
        migrator.registerMigration("progress of works, tallies, given works, keys and webhooks of jobs") { database in
            try database.execute(
                sql: """
                    ALTER TABLE work ADD COLUMN progress BLOB;
                    CREATE INDEX work_doi ON work (job_id, doi) WHERE doi IS NOT NULL;
                    CREATE INDEX work_file_by_doi ON work (doi) WHERE sha256 IS NOT NULL;
                    ALTER TABLE job ADD COLUMN idempotency_key TEXT;
                    ALTER TABLE job ADD COLUMN webhook_state TEXT;
                    ALTER TABLE job ADD COLUMN webhook_tries INTEGER NOT NULL DEFAULT 0;
                    ALTER TABLE job ADD COLUMN webhook_at INTEGER;
                    ALTER TABLE job ADD COLUMN request_digest TEXT;
                    CREATE TABLE given (
                        job_id TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
                        position INTEGER NOT NULL,
                        entry TEXT NOT NULL,
                        PRIMARY KEY (job_id, position)
                    ) STRICT, WITHOUT ROWID;
                    CREATE UNIQUE INDEX job_idempotency_key ON job (idempotency_key) WHERE idempotency_key IS NOT NULL;

                    CREATE TABLE tally (
                        job_id TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
                        scope TEXT NOT NULL,
                        name TEXT NOT NULL,
                        measure TEXT NOT NULL,
                        value INTEGER NOT NULL,
                        PRIMARY KEY (job_id, scope, name, measure)
                    ) STRICT, WITHOUT ROWID;
                    INSERT INTO tally SELECT job_id, 'job', '', 'listed', COUNT(*) FROM work GROUP BY job_id;
                    INSERT INTO tally SELECT job_id, 'job', '', 'bytes', SUM(content_length) FROM work
                        WHERE classification = 'pdf' GROUP BY job_id;
                    INSERT INTO tally SELECT job_id, 'classification', classification, 'works', COUNT(*) FROM work
                        WHERE classification IS NOT NULL GROUP BY job_id, classification;
                    """)
        }
        migrator.registerMigration("bytes before the latest retry") { database in
            try database.execute(sql: "ALTER TABLE job ADD COLUMN bytes_before INTEGER NOT NULL DEFAULT 0")
        }
        migrator.registerMigration("credentials of jobs") { database in
            try database.execute(sql: "ALTER TABLE job ADD COLUMN credentials TEXT")
        }
        migrator.registerMigration("deaths of processes that ran jobs") { database in
            try database.execute(
                sql: """
                    ALTER TABLE job ADD COLUMN is_under_way INTEGER NOT NULL DEFAULT 0;
                    ALTER TABLE job ADD COLUMN deaths INTEGER NOT NULL DEFAULT 0;
                    """)
        }
        migrator.registerMigration("deaths of processes that delivered webhooks") { database in
            try database.execute(
                sql: """
                    ALTER TABLE job ADD COLUMN webhook_is_under_way INTEGER NOT NULL DEFAULT 0;
                    ALTER TABLE job ADD COLUMN webhook_deaths INTEGER NOT NULL DEFAULT 0;
                    """)
        }
        return migrator
    }
}
