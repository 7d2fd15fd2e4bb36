import GRDB
import RateLimiting

/// Where the log ends, where its checkpoint is, and how its time follows from the machine's.
struct Head: Sendable {
    private(set) var position: LogPosition
    private(set) var time: Timestamp
    let checkpoint: LogPosition
    private let checkpointTime: Timestamp
    /// When the machine started, as its clock said when the log was first used after that.
    private var boot: String
    private var epoch: Int64

    init?(_ database: Database) throws {
        let select = try database.cachedStatement(
            sql: """
                SELECT number, mark, time, boot, epoch, checkpoint_number, checkpoint_mark, checkpoint_time FROM head
                """)
        guard let row = try Row.fetchOne(select) else { return nil }
        position = LogPosition(number: row[0], mark: UInt64(bitPattern: row[1]))
        time = Timestamp(microseconds: row[2])
        boot = row[3]
        epoch = row[4]
        checkpoint = LogPosition(number: row[5], mark: UInt64(bitPattern: row[6]))
        checkpointTime = Timestamp(microseconds: row[7])
    }

    init(beginningWith checkpoint: LogCheckpoint, at clock: BootClock) {
        position = checkpoint.position
        self.checkpoint = checkpoint.position
        checkpointTime = checkpoint.time
        time = checkpoint.time
        boot = clock.boot
        epoch = clock.epoch(noEarlierThan: checkpoint.time)
    }

    /// The log's time: it goes on evenly while the machine is up, whatever becomes of the wall clock.
    func now(_ clock: BootClock) -> Timestamp {
        let epoch = boot == clock.boot ? epoch : clock.epoch(noEarlierThan: time)
        return max(time, Timestamp(microseconds: epoch + clock.sinceBoot()))
    }

    mutating func append(_ entry: LogEntry, at clock: BootClock) {
        if boot != clock.boot { (boot, epoch) = (clock.boot, clock.epoch(noEarlierThan: time)) }
        position = entry.position
        time = entry.time
    }

    func update(_ database: Database) throws {
        let update = try database.cachedStatement(
            sql: "UPDATE head SET number = ?, mark = ?, time = ?, boot = ?, epoch = ?")
        try update.execute(arguments: [
            position.number, Int64(bitPattern: position.mark), time.microseconds, boot, epoch,
        ])
    }

    func insert(_ database: Database) throws {
        try database.execute(
            sql: "INSERT INTO head VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                position.number, Int64(bitPattern: position.mark), time.microseconds, boot, epoch, checkpoint.number,
                Int64(bitPattern: checkpoint.mark), checkpointTime.microseconds,
            ])
    }
}
