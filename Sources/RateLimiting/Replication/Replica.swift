import DequeModule

/// A limiter that follows a log: pure, and the same wherever it has come as far.
struct Replica: Sendable {
    /// Of the state, its bytes and its decisions: it goes up by one when any of them changes.
    ///
    /// Instances of two formats do not decide together. A version that raises the format also reads checkpoints and
    /// batches of the format before, and does what that version did with them: so its first instance goes on with all
    /// that was used. From its first batch on, instances of the format before are refused with a message that says to
    /// upgrade: they start no more, or answer as `on_failure` says until they are replaced. What they append before they
    /// find out is read as any other batch, so nothing is lost. A fleet is upgraded by replacing its instances; if none
    /// may be refused meanwhile, stop all of them first. Format 5 is the first one that this holds for.
    static let format: UInt64 = 5

    var state: LimiterState
    /// Over how many logs the limits are spread.
    let logs: Int
    /// Marks of the newest batches: what tells whether another log, begun anew, has them too.
    private var lineage: Deque<UInt64>
    private(set) var position: LogPosition
    /// The time of the latest batch.
    private(set) var time: Timestamp

    init(_ state: LimiterState, at position: LogPosition, _ time: Timestamp, of logs: Int = 1) {
        self.state = state
        self.logs = logs
        self.position = position
        self.time = time
        lineage = [position.mark]
    }

    /// Batches whose marks are known. Older ones are taken to be the same in every log.
    private static let lineageLength = 1024

    /// Whether the batch at a position is one of those that led to this state.
    func includes(_ position: LogPosition) -> Bool {
        let back = self.position.number - position.number
        guard back >= 0 else { return false }
        return back >= lineage.count || lineage[lineage.count - 1 - Int(back)] == position.mark
    }

    /// Goes on where the log has lost what others may know of: at a place of its own, so that no other log is taken for
    /// this one, and with nothing granted until they have counted it.
    mutating func beginAnew() {
        // Once is enough, however often it is tried.
        if let recovery = state.recovery, recovery.until == nil { return }
        state.recover(state.instances.lately)
        move(to: LogPosition(number: position.number + 1, mark: .random(in: .min ... .max)), time)
    }

    private mutating func move(to position: LogPosition, _ time: Timestamp) {
        self.position = position
        self.time = time
        lineage.append(position.mark)
        if lineage.count > Self.lineageLength { lineage.removeFirst() }
    }

    /// - Throws: ``MalformedBytes``.
    init(_ checkpoint: LogCheckpoint) throws(MalformedBytes) {
        var bytes = ByteReader(checkpoint.bytes)
        try Self.checkFormat(&bytes)
        let logs: Int = try bytes.read()
        self.init(try bytes.read(), at: checkpoint.position, checkpoint.time, of: logs)
        lineage = Deque(try bytes.read([UInt64].self))
    }

    var checkpoint: LogCheckpoint {
        var bytes = ByteWriter()
        bytes.write(unsigned: Self.format)
        bytes.write(logs)
        bytes.write(state)
        bytes.write(Array(lineage))
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
        move(to: entry.position, entry.time)
        return commands.map { ($0, state.perform($0, at: entry.time)) }
    }

    private static func checkFormat(_ bytes: inout ByteReader) throws(MalformedBytes) {
        let found = try bytes.readUnsigned()
        guard found == format else {
            let (age, advice) =
                found > format ? ("a newer", "upgrade this one") : ("an older", "stop those, then start")
            throw MalformedBytes(
                "\(age) version of Weir keeps these limits, in format \(found), and this one in \(format): \(advice)")
        }
    }
}
