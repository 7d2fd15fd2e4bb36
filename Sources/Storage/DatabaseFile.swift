import Foundation
package import GRDB

/// The file of an SQLite database that can be made anew where it is damaged. What was there is kept under another name.
package struct DatabaseFile: Sendable {
    package let path: String

    package init(path: String) {
        self.path = path
    }

    /// A damaged database and what became of it.
    package struct SetAside: Hashable, Sendable {
        /// Where it was, and where the new one is.
        package let path: String
        /// Where it is now, with SQLite's other files beside it.
        package let newPath: String
        /// What is wrong with it.
        package let reason: String
    }

    package struct Opened<Database> {
        package let database: Database
        package let setAside: SetAside?
    }

    /// Opens the database; where it is damaged, sets it aside and opens a new one.
    ///
    /// A file without a byte is no new database, which would be no file at all: something has emptied it.
    ///
    /// - Parameter open: makes the file where there is none. Throws a `DatabaseError` where it is damaged.
    /// - Throws: what `open` throws for other reasons, and what moving the file throws.
    package func open<Database>(_ open: () throws -> Database) throws -> Opened<Database> {
        if isEmpty {
            let setAside = try setAside("it was empty")
            return Opened(database: try open(), setAside: setAside)
        }
        do {
            return Opened(database: try open(), setAside: nil)
        } catch let error as DatabaseError where error.isDamage {
            let setAside = try setAside(error.message ?? "\(error.resultCode)")
            return Opened(database: try open(), setAside: setAside)
        }
    }

    private var isEmpty: Bool { FileStatus(path: path).map { $0.size == 0 } ?? false }

    func setAside(_ reason: String) throws -> SetAside {
        let newPath = freeName(at: Date())
        for suffix in ["", "-wal", "-shm", "-journal"] {
            guard rename(path + suffix, newPath + suffix) == 0 || (errno == ENOENT && !suffix.isEmpty) else {
                throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
            }
        }
        return SetAside(path: path, newPath: newPath, reason: reason)
    }

    /// Such as `limits.sqlite.corrupt-20261128T135000Z`.
    private func freeName(at date: Date) -> String {
        let style = Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted)
        let name = "\(path).corrupt-\(date.formatted(style))"
        let numbered = sequence(first: 2) { $0 + 1 }.lazy.map { "\(name)-\($0)" }
        func isFree(_ name: String) -> Bool { access(name, F_OK) != 0 }
        return isFree(name) ? name : numbered.first(where: isFree) ?? name
    }
}

extension DatabaseError {
    var isDamage: Bool { [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(resultCode) }
}

extension DatabaseReader {
    /// Looks through the whole file where that takes a moment only; of a larger one damage is found when it is read.
    ///
    /// - Throws: `DatabaseError` where it is damaged.
    package func checkIntegrity() throws {
        try read { database in
            let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            let size = try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 0
            guard pages * size <= 64 << 20 else { return }
            let finding = try String.fetchOne(database, sql: "PRAGMA quick_check(1)")
            guard finding == "ok" else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: finding) }
        }
    }
}
