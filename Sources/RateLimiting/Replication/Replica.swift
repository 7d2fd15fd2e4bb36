import HeapModule

/// A limiter that follows a log: pure, and the same wherever it has come as far.
struct Replica: Sendable {
    /// Of the state, its bytes and its decisions. Instances of different formats cannot share limits.
    static let format: UInt64 = 1

    var state: LimiterState
    private(set) var position: LogPosition
    /// The time of the latest batch.
    private(set) var time: Timestamp

    init(_ state: LimiterState, at position: LogPosition, _ time: Timestamp) {
        self.state = state
        self.position = position
        self.time = time
    }

    /// - Throws: ``MalformedBytes``.
    init(_ checkpoint: LogCheckpoint) throws(MalformedBytes) {
        var bytes = ByteReader(checkpoint.bytes)
        try Self.checkFormat(&bytes)
        self.init(try bytes.read(), at: checkpoint.position, checkpoint.time)
    }

    var checkpoint: LogCheckpoint {
        var bytes = ByteWriter()
        bytes.write(unsigned: Self.format)
        bytes.write(state)
        return LogCheckpoint(position: position, time: time, bytes: bytes.bytes)
    }

    static func batch(_ commands: [LimiterCommand], mark: UInt64) -> LogBatch {
        var bytes = ByteWriter()
        bytes.write(unsigned: format)
        bytes.write(commands)
        return LogBatch(mark: mark, bytes: bytes.bytes)
    }

    /// Performs the commands of the next batch.
    ///
    /// - Throws: ``MalformedBytes``; nothing was performed then.
    mutating func follow(_ entry: LogEntry) throws(MalformedBytes) -> [(LimiterCommand, LimiterReply)] {
        var bytes = ByteReader(entry.bytes)
        try Self.checkFormat(&bytes)
        let commands = try bytes.read([LimiterCommand].self)
        position = entry.position
        time = entry.time
        return commands.map { ($0, state.perform($0, at: entry.time)) }
    }

    private static func checkFormat(_ bytes: inout ByteReader) throws(MalformedBytes) {
        let found = try bytes.readUnsigned()
        guard found == format else {
            throw MalformedBytes(
                "written by a Weir that keeps limits in format \(found); this one has format \(format)")
        }
    }
}
