import GRDB

/// The tables of a log in an SQLite file, and how a file that an earlier version of Weir made gets them.
///
/// Each migration is one transaction: a file has the tables of one version or of the next, whatever interrupts the
/// upgrade. Processes of the version before that have the file open go on appending to it meanwhile; they leave no
/// checkpoint and cannot start from one until they are upgraded too. A file that a later version has upgraded is refused.
enum SQLiteSchema {
    /// A file that a later version of Weir has upgraded.
    struct Newer: Error, CustomStringConvertible {
        var description: String {
            "a newer version of Weir has upgraded the file: upgrade this Weir too, or give it another file"
        }
    }

    /// - Throws: ``Newer``; `DatabaseError`.
    static func upgrade(_ writer: some DatabaseWriter) throws {
        guard try !writer.read(migrations.hasBeenSuperseded) else { throw Newer() }
        while true {
            let applied = try writer.read(migrations.appliedIdentifiers)
            do {
                return try migrations.migrate(writer)
            } catch let error as DatabaseError {
                // Another process that started at the same moment may have been faster.
                guard try writer.read(migrations.appliedIdentifiers) != applied else { throw error }
            }
        }
    }

    private static var migrations: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("the log") { database in
            try database.execute(
                sql: """
                    CREATE TABLE head (
                        only INTEGER PRIMARY KEY CHECK (only = 1),
                        number INTEGER NOT NULL,
                        mark INTEGER NOT NULL,
                        time INTEGER NOT NULL,
                        boot TEXT NOT NULL,
                        epoch INTEGER NOT NULL,
                        checkpoint_number INTEGER NOT NULL,
                        checkpoint_mark INTEGER NOT NULL,
                        checkpoint_time INTEGER NOT NULL,
                        checkpoint BLOB NOT NULL
                    ) STRICT;
                    CREATE TABLE entry (
                        number INTEGER PRIMARY KEY,
                        mark INTEGER NOT NULL,
                        time INTEGER NOT NULL,
                        batch BLOB NOT NULL
                    ) STRICT;
                    """)
        }
        // SQLite writes a row whole whichever of its columns changes, and every batch changes the head.
        migrator.registerMigration("the checkpoint in a table of its own") { database in
            try database.execute(
                sql: """
                    CREATE TABLE checkpoint (only INTEGER PRIMARY KEY CHECK (only = 1), bytes BLOB NOT NULL) STRICT;
                    INSERT INTO checkpoint SELECT only, checkpoint FROM head;
                    ALTER TABLE head DROP COLUMN checkpoint;
                    """)
        }
        return migrator
    }
}
