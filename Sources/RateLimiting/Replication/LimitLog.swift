/// The one order of commands that all instances agree on: a log that many append to, kept by a database.
///
/// It knows nothing of limits. It gives each batch a number and a time of its own clock, which never steps back, and it
/// tells whoever appends what others appended before. Every few thousand batches an instance leaves a checkpoint, from
/// which new instances start, and the batches before it are dropped.
package protocol LimitLog: Sendable {
    /// Appends a batch, and reads all that came after `position`, in one step.
    ///
    /// - Parameters:
    ///   - batch: `nil` to read only.
    ///   - condition: what has to be true for the batch to be appended.
    /// - Throws: ``LimitLogUnavailable``; whether the batch was appended is not known then.
    func exchange(
        _ batch: LogBatch?, after position: LogPosition, on condition: LogCondition
    ) async throws(LimitLogUnavailable) -> LogAnswer

    /// The newest checkpoint; `nil` where there is no log yet.
    func checkpoint() async throws(LimitLogUnavailable) -> LogCheckpoint?

    /// Leaves a checkpoint and drops what came before it; nothing happens where there is a newer one, or where the log
    /// is not at its position any more.
    func leave(_ checkpoint: LogCheckpoint) async throws(LimitLogUnavailable)

    /// Begins the log with a checkpoint where there is none, or where it ends before that: it was lost and is made anew
    /// by whoever still knows.
    ///
    /// - Returns: `false` where there is one that reaches as far or further.
    func begin(with checkpoint: LogCheckpoint) async throws(LimitLogUnavailable) -> Bool

    /// Returns when something may have come after `position`, or after a while.
    func news(after position: LogPosition) async throws(LimitLogUnavailable)
}

/// The place of a batch, and what tells it from another that stood there before the log was lost.
package struct LogPosition: Hashable, Sendable {
    package let number: Int64
    package let mark: UInt64

    package init(number: Int64, mark: UInt64) {
        self.number = number
        self.mark = mark
    }
}

/// Commands that are appended together.
package struct LogBatch: Hashable, Sendable {
    /// Its writer's, and no other's.
    package let mark: UInt64
    package let bytes: [UInt8]

    package init(mark: UInt64, bytes: [UInt8]) {
        self.mark = mark
        self.bytes = bytes
    }
}

/// A batch that was appended.
package struct LogEntry: Hashable, Sendable {
    package let position: LogPosition
    package let time: Timestamp
    package let bytes: [UInt8]

    package init(position: LogPosition, time: Timestamp, bytes: [UInt8]) {
        self.position = position
        self.time = time
        self.bytes = bytes
    }
}

/// When a batch is appended.
package enum LogCondition: String, Sendable {
    case always
    /// Where nothing came after the position.
    case newest
    /// The same, and after an interruption: the batch ends it.
    case interrupted
}

package enum LogAnswer: Sendable {
    /// All that came after the position, the batch that was appended as the last; and the log's time.
    case entries([LogEntry], time: Timestamp)
    /// What came after the position was dropped already; the checkpoint has it. Nothing was appended.
    case dropped
    /// The log does not reach the position, or another batch stands there. Nothing was appended.
    case lost
    /// The log may have been set back without anybody's having noticed: its server crashed, or another one took over.
    /// Nothing is appended until a batch ends that.
    case interrupted
}

/// A limiter's whole state after a batch.
package struct LogCheckpoint: Sendable {
    package let position: LogPosition
    package let time: Timestamp
    package let bytes: [UInt8]

    package init(position: LogPosition, time: Timestamp, bytes: [UInt8]) {
        self.position = position
        self.time = time
        self.bytes = bytes
    }
}

/// The database that keeps the log cannot be reached, or does not answer in time.
package struct LimitLogUnavailable: Error, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
