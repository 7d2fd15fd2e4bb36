import Foundation
import GRDB

extension DatabaseFile {
    /// A damaged database that other processes use.
    package struct InUse: Error, CustomStringConvertible {
        package var description: String {
            "it is damaged, and other processes have it open; stop them all, so that the first to start sets it aside"
        }
    }

    /// As ``open(_:)``, for a database that several processes open: none is set aside under one that uses it.
    ///
    /// - Throws: also ``InUse``.
    package func openShared<Database>(_ open: () throws -> Database) throws -> Opened<Database> {
        let before = FileStatus(path: path)
        if let before, before.size == 0, time(nil) - before.modified > Self.longestStart, !isInUse {
            return try openAnew("it was empty", instead: before, open)
        }
        do {
            return Opened(database: try open(), setAside: nil)
        } catch let error as DatabaseError where error.isDamage {
            guard let before, !isInUse else { throw InUse() }
            return try openAnew(error.message ?? "\(error.resultCode)", instead: before, open)
        }
    }

    private func openAnew<Database>(
        _ reason: String, instead damaged: FileStatus, _ open: () throws -> Database
    ) throws -> Opened<Database> {
        // Another process may have done the same a moment ago.
        guard let now = FileStatus(path: path), now.identity == damaged.identity else {
            return Opened(database: try open(), setAside: nil)
        }
        let setAside = try setAside(reason)
        return Opened(database: try open(), setAside: setAside)
    }

    /// In seconds. A process that starts has made the file and not written to it yet, for much less than this.
    private static let longestStart = 60

    /// Whether another process has it open: each holds a lock on one byte of SQLite's index of the write-ahead log.
    private var isInUse: Bool {
        let descriptor = Foundation.open(path + "-shm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var lock = flock()
        (lock.l_type, lock.l_whence, lock.l_start, lock.l_len) = (Int16(F_WRLCK), Int16(SEEK_SET), 120, 9)
        guard fcntl(descriptor, Self.queryLock, &lock) == 0 else { return true }
        return lock.l_type != Int16(F_UNLCK)
    }

    /// `F_OFD_GETLK`, which the module of the C library leaves out: it sees this process's own locks too.
    private static let queryLock: Int32 = 36
}
