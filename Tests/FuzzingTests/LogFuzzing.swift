@testable import RateLimiting

/// A batch of commands as the database has it, or behind a zero byte a checkpoint.
enum LogFuzzing {
    static func run(_ bytes: [UInt8]) throws {
        let position = LogPosition(number: 1, mark: 1)
        let time = Timestamp(microseconds: 1_000_000)
        if bytes.first == 0 {
            let checkpoint = LogCheckpoint(position: position, time: time, bytes: Array(bytes.dropFirst()))
            guard let replica = try? Replica(checkpoint) else { return }
            let again = try Replica(replica.checkpoint)
            try FuzzTarget.require(
                again.checkpoint.bytes == replica.checkpoint.bytes, "a checkpoint does not come back as it was")
            return
        }
        var replica = start
        guard (try? replica.follow(LogEntry(position: position, time: time, bytes: bytes))) != nil else { return }
        let again = try Replica(replica.checkpoint)
        try FuzzTarget.require(
            again.checkpoint.bytes == replica.checkpoint.bytes, "what was followed does not come back as it was")
    }

    private static let start = Replica(
        LimiterState(
            table: LimitTable(
                version: 1,
                document: LimitsDocument(
                    defaults: ["r": PolicyPatch(rates: [], maxConcurrent: 2)], globalMaxInflight: 4)),
            nonce: 1, maxWaiters: 10),
        at: LogPosition(number: 0, mark: 1), Timestamp(microseconds: 0))
}
