/// The instances that share limits, by their signs of life.
///
/// One that decides alone while it is cut off has a share of every limit reserved. When it is not heard of, the share is
/// set aside for it: by all instances at the same place in their common order, and before it uses it itself, because it
/// knows the latest time that it has called itself alive for.
struct InstanceTable: Sendable {
    /// How long one is held to be alive that was not heard of, in microseconds.
    static let silence: Int64 = 3_000_000
    /// After how long a share is set aside.
    static let patience: Int64 = 1_500_000
    /// After how long the share of one that never came back is used by the others again.
    static let reservation: Int64 = 600_000_000

    private var reports: [UInt64: InstanceReport] = [:]
    /// Nothing changes by itself before.
    private var due = Timestamp(microseconds: .max)

    /// An instance says that it was alive at `stated`, and which share it would want.
    mutating func heard(_ instance: Instance, at stated: Timestamp, share: Share?, now: Timestamp) {
        let stated = min(stated, now)
        // Where it runs nothing else does: one of that name that was there before is gone, and needs no share.
        if reports[instance.id] == nil { reports = reports.filter { $0.value.instance.name != instance.name } }
        var report = reports[instance.id] ?? InstanceReport(instance: instance, joined: now, lastSeen: stated)
        report.lastSeen = max(report.lastSeen, stated)
        // What one that is cut off relies on stays as it is.
        if !report.isCutOff, leavesRoom(for: share, of: instance.id) { report.share = share }
        reports[instance.id] = report
        due = min(due, Self.due(report))
    }

    /// An instance has told what it granted on its own, and decides with the others again.
    mutating func returned(_ instance: Instance, at stated: Timestamp, now: Timestamp) {
        reports[instance.id]?.isCutOff = false
        heard(instance, at: stated, share: reports[instance.id]?.share, now: now)
    }

    mutating func left(_ id: UInt64) { reports[id] = nil }

    /// Whether all shares together are no more than everything.
    private func leavesRoom(for share: Share?, of id: UInt64) -> Bool {
        guard let share else { return true }
        let others = reports.sorted { $0.key < $1.key }.filter { $0.key != id }
        return others.compactMap(\.value.share?.fraction).reduce(share.fraction, +) <= 1 + 1e-9
    }

    /// Sets aside the shares of those who were not heard of, and forgets those who are gone.
    ///
    /// - Returns: whether it may have changed anything.
    mutating func settle(at now: Timestamp) -> Bool {
        guard due <= now else { return false }
        reports = reports.filter { Self.end($0.value) > now }
        for (id, report) in reports where report.share != nil && Self.cut(report) <= now {
            reports[id]?.isCutOff = true
        }
        due = reports.values.map(Self.due).min() ?? Timestamp(microseconds: .max)
        return true
    }

    private static func due(_ report: InstanceReport) -> Timestamp {
        report.share == nil || report.isCutOff ? end(report) : cut(report)
    }

    private static func cut(_ report: InstanceReport) -> Timestamp { report.lastSeen.advanced(by: patience) }

    private static func end(_ report: InstanceReport) -> Timestamp {
        report.lastSeen.advanced(by: report.share == nil ? silence : reservation)
    }

    subscript(id: UInt64) -> InstanceReport? { reports[id] }

    /// What is left where shares are set aside.
    var portion: Portion { portion(besides: nil) }

    /// What is left where the shares of all others are set aside.
    func portion(besides id: UInt64?) -> Portion {
        let cutOff = reports.sorted { $0.key < $1.key }.filter { $0.key != id && $0.value.isCutOff }
        return Portion(without: cutOff.compactMap(\.value.share))
    }

    /// Those that may decide, with the others or alone.
    var count: Int { reports.count }

    /// Those that were alive when one was last heard of, in the order of their numbers.
    var lately: [UInt64] {
        let latest = reports.values.map(\.lastSeen).max()
        return reports.values.filter { report in
            latest.map { report.lastSeen.advanced(by: Self.silence) > $0 } ?? false
        }.map(\.instance.id).sorted()
    }

    /// Those that are alive or cut off, in the order in which they joined.
    func known(at now: Timestamp) -> [InstanceReport] {
        reports.values.filter { $0.isCutOff || $0.lastSeen.advanced(by: Self.silence) > now }
            .sorted { ($0.joined, $0.instance.id) < ($1.joined, $1.instance.id) }
    }
}

extension InstanceTable: BinaryCodable {
    func write(to bytes: inout ByteWriter) { bytes.write(reports) }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        reports = try bytes.read()
        due = reports.values.map(Self.due).min() ?? due
    }
}
