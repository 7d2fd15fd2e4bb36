import Foundation
import GRDB
import LimitBackends
import RateLimiting
import TestSupport
import Testing

/// What a log in an SQLite file costs, and files that other versions of Weir have made.
@Suite(.timeLimit(.minutes(1))) struct SQLiteLogTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.url.appending(path: "limits.sqlite").path()
    }

    private static let start = LogPosition(number: 7, mark: 1)

    private static func checkpoint(_ position: LogPosition, bytes: Int) -> LogCheckpoint {
        LogCheckpoint(
            position: position, time: Timestamp(microseconds: 5), bytes: Array(repeating: 3, count: bytes))
    }

    /// - Returns: what came after the position.
    private static func append(
        _ mark: UInt64, to log: any LimitLog, after position: LogPosition
    ) async throws -> [LogEntry] {
        let answer = try await log.exchange(LogBatch(mark: mark, bytes: [9]), after: position, on: .always)
        guard case .entries(let entries, _) = answer else {
            throw BrokenPromise(description: "the log is \(answer)")
        }
        return entries
    }

    /// Bytes of the write-ahead log: every page that a transaction changes is appended to it.
    private func bytesWritten() throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path + "-wal")
        return try #require(attributes[.size] as? Int)
    }

    @Test("What an append writes does not grow with the checkpoint", arguments: [0, 100_000, 1_000_000])
    func appending(_ bytes: Int) async throws {
        let log = try SQLiteLog(path: path)
        #expect(try await log.begin(with: Self.checkpoint(Self.start, bytes: bytes)))
        let before = try bytesWritten()
        _ = try await Self.append(2, to: log, after: Self.start)
        let written = try bytesWritten() - before
        #expect(written < 20_000, "\(written) bytes for a batch of one")
    }

    /// The file of a Weir that kept the checkpoint in the head's row.
    private func makeFileOfTheVersionBefore() throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
                    INSERT INTO grdb_migrations VALUES ('the log');
                    CREATE TABLE head (
                        only INTEGER PRIMARY KEY CHECK (only = 1), number INTEGER NOT NULL, mark INTEGER NOT NULL,
                        time INTEGER NOT NULL, boot TEXT NOT NULL, epoch INTEGER NOT NULL,
                        checkpoint_number INTEGER NOT NULL, checkpoint_mark INTEGER NOT NULL,
                        checkpoint_time INTEGER NOT NULL, checkpoint BLOB NOT NULL
                    ) STRICT;
                    CREATE TABLE entry (
                        number INTEGER PRIMARY KEY, mark INTEGER NOT NULL, time INTEGER NOT NULL, batch BLOB NOT NULL
                    ) STRICT;
                    INSERT INTO head VALUES (1, 8, 2, 6, 'another boot', 4, 7, 1, 5, x'030303');
                    INSERT INTO entry VALUES (8, 2, 6, x'09');
                    """)
        }
        try queue.close()
    }

    @Test("A file of the version before is upgraded with all that it has, by the first process that opens it")
    func upgrading() async throws {
        try makeFileOfTheVersionBefore()
        let logs = [try SQLiteLog(path: path), try SQLiteLog(path: path)]
        for log in logs {
            let checkpoint = try #require(try await log.checkpoint())
            #expect(checkpoint.position == Self.start && checkpoint.time == Timestamp(microseconds: 5))
            #expect(checkpoint.bytes == [3, 3, 3])
        }
        let entries = try await Self.append(3, to: logs[0], after: Self.start)
        #expect(entries.map(\.position.mark) == [2, 3] && entries.first?.bytes == [9])
        let newest = try #require(entries.last).position
        try await logs[1].leave(Self.checkpoint(newest, bytes: 5))
        #expect(try await logs[0].checkpoint()?.bytes.count == 5)
        guard case .dropped = try await logs[0].exchange(nil, after: Self.start, on: .always) else {
            Issue.record("what the checkpoint has is kept all the same")
            return
        }
    }

    @Test("A process of the version before that has the file open goes on appending")
    func sharing() async throws {
        try makeFileOfTheVersionBefore()
        let earlier = try DatabaseQueue(path: path)
        let log = try SQLiteLog(path: path)
        try await earlier.write { database in
            try database.execute(
                sql: """
                    INSERT INTO entry (number, mark, time, batch) VALUES (9, 3, 7, x'09');
                    UPDATE head SET number = 9, mark = 3, time = 7, boot = 'another boot', epoch = 4;
                    """)
        }
        #expect(try await Self.append(4, to: log, after: Self.start).map(\.position.mark) == [2, 3, 4])
    }

    @Test("Processes that start at the same moment upgrade a file once")
    func racing() async throws {
        try makeFileOfTheVersionBefore()
        let logs = try await withThrowingTaskGroup(of: SQLiteLog.self) { group in
            for _ in 0..<4 { group.addTask { [path] in try SQLiteLog(path: path) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for log in logs { #expect(try await log.checkpoint()?.bytes == [3, 3, 3]) }
    }

    @Test("A file that a newer version has upgraded is refused and left as it is")
    func refusing() async throws {
        _ = try SQLiteLog(path: path)
        let queue = try DatabaseQueue(path: path)
        try await queue.write { database in
            try database.execute(sql: "INSERT INTO grdb_migrations VALUES ('of tomorrow')")
        }
        #expect {
            try SQLiteLog(path: path)
        } throws: { error in
            "\(error)".contains("a newer version of Weir")
        }
        let migrations = try await queue.read { database in
            try String.fetchAll(database, sql: "SELECT identifier FROM grdb_migrations")
        }
        #expect(migrations.contains("of tomorrow"))
    }
}
