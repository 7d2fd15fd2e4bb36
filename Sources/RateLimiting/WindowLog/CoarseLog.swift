/// Start times too many to be kept one by one: each entry stands for `grain` neighbouring units and holds the start of
/// the latest of them. So every unit is taken to be as late as its neighbours, which is stricter and never looser.
struct CoarseLog: Sendable {
    /// Entries at most, in just under 1 MiB.
    static let maximumEntries = 131_000

    private var entries = StartRing()
    /// Units to an entry, a power of two.
    private var grain = 1
    /// Units since the newest entry, fewer than `grain`, and the start of the latest of them.
    private var loose = 0
    private var looseStart = Int64.min

    var capacity: Int { entries.capacity }
    /// The start of the newest unit.
    var newest: Int64? { loose > 0 ? looseStart : entries.count > 0 ? entries[entries.count - 1] : nil }

    /// Adds units that all start at `start`, no earlier than any before them.
    ///
    /// - Parameter reach: units that have to be kept.
    /// - Returns: the start of the newest unit that was forgotten for it, or the distant past.
    mutating func append(_ start: Int64, units: Int, reaching reach: Int) -> Int64 {
        while reach > grain * Self.maximumEntries {
            // An odd one out stands for more units than it held: for forgotten ones, which started before it.
            entries.mergePairs()
            grain *= 2
        }
        loose += units
        looseStart = start
        // Beyond what is kept, more entries of the same time would only overwrite each other.
        let whole = min(loose / grain, Self.maximumEntries)
        loose %= grain
        var lost = Int64.min
        for _ in 0..<whole {
            lost = entries.append(start, bound: min(Self.maximumEntries, (reach + grain - 1) / grain)) ?? lost
        }
        return lost
    }

    /// The start of the unit that stands `back` places before the end, counted from 1; `nil` when it was forgotten.
    func start(ofUnitsBack back: Int) -> Int64? {
        if back <= loose { return looseStart }
        let entriesBack = (back - loose + grain - 1) / grain
        return entriesBack <= entries.count ? entries[entries.count - entriesBack] : nil
    }

    /// Units that start after `time`; those of one entry count as the latest of them does.
    func units(after time: Int64) -> Int {
        (loose > 0 && looseStart > time ? loose : 0) + (entries.count - entries.firstIndex(after: time)) * grain
    }

    /// The start of the oldest unit that starts after `time`.
    func start(after time: Int64) -> Int64? {
        let index = entries.firstIndex(after: time)
        if index < entries.count { return entries[index] }
        return loose > 0 && looseStart > time ? looseStart : nil
    }
}

extension CoarseLog: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(entries)
        bytes.write(grain)
        bytes.write(loose)
        bytes.write(looseStart)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        entries = try bytes.read()
        grain = try bytes.read()
        loose = try bytes.read()
        looseStart = try bytes.read()
    }
}
