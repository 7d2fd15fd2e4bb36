import LimitBackends
import RateLimiting
import TestSupport
import Testing

/// A log whose server may have taken back what it had told already.
@Suite(.timeLimit(.minutes(2))) struct InterruptedLogTests {
    private static let start = LogPosition(number: 7, mark: 1)

    private static func begin(_ log: any LimitLog) async throws {
        let checkpoint = LogCheckpoint(position: start, time: Timestamp(microseconds: 0), bytes: [0])
        #expect(try await log.begin(with: checkpoint))
        #expect(try await append(2, to: log, after: start) == 1, "nothing happened to it yet")
    }

    /// - Returns: how many entries there are after the position; `nil` when it is interrupted.
    private static func append(
        _ mark: UInt64, to log: any LimitLog, after position: LogPosition, on condition: LogCondition = .always
    ) async throws -> Int? {
        switch try await log.exchange(LogBatch(mark: mark, bytes: [0]), after: position, on: condition) {
        case .entries(let entries, _): entries.count
        case .interrupted: nil
        case let other: throw BrokenPromise(description: "the log is \(other)")
        }
    }

    private static func expectInterruption(of log: any LimitLog) async throws {
        let next = LogPosition(number: 8, mark: 2)
        #expect(try await append(3, to: log, after: next) == nil)
        #expect(try await append(3, to: log, after: next, on: .newest) == nil)
        guard case .interrupted = try await log.exchange(nil, after: next, on: .always) else {
            Issue.record("who only reads is not told")
            return
        }
        // Who ends it has to have seen all that there is.
        #expect(try await append(3, to: log, after: start, on: .interrupted) == 1)
        #expect(try await append(3, to: log, after: next) == nil)
        #expect(try await append(3, to: log, after: next, on: .interrupted) == 1)
        #expect(try await append(4, to: log, after: next) == 2)
    }

    @Test("Another run of a Redis, or another Redis, that has the log")
    func redis() async throws {
        let server = try await RedisServer()
        let log = RedisLog(try RedisAddress(parsing: server.url))
        try await Self.begin(log)
        try await server.run(["HSET", "{weir}:head", "run", "another"])
        try await Self.expectInterruption(of: log)
    }

    @Test("A PostgreSQL that comes back from a crash")
    func postgres() async throws {
        let server = try await PostgresServer()
        try await Self.begin(try PostgresLog(server.url))
        // Otherwise the crash would take back everything.
        try await server.run("CHECKPOINT")
        await server.stop()
        let again = try await PostgresServer(again: server)
        try await Self.expectInterruption(of: try PostgresLog(again.url))
    }
}
