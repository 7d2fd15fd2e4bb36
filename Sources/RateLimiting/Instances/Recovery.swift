/// What was granted last may be missing from the log, and known only to those who asked for it: nothing starts until
/// they have counted it, or are held to be gone.
struct Recovery: Hashable, Sendable {
    /// How long they are waited for, in microseconds.
    static let patience: Int64 = 1_000_000
    /// More waiters and leases than a log can lack.
    static let mostUnknown: UInt64 = 1 << 16

    /// Instances that have not told yet.
    var awaited: Set<UInt64>
    /// `nil` until the next command brings the time.
    var until: Timestamp?

    init(_ awaited: some Sequence<UInt64>) {
        self.awaited = Set(awaited)
    }

    var pause: Pause? { until.map { Pause(until: $0, reason: .recovery) } }
}

extension Recovery: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(awaited.sorted())
        bytes.write(until)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        self.init(try bytes.read([UInt64].self))
        until = try bytes.read()
    }
}

extension LimiterState {
    func isRecovering(at now: Timestamp) -> Bool { recovery.map { $0.until.map { now < $0 } ?? true } ?? false }

    /// The log may lack what these instances know of.
    mutating func recover(_ awaited: some Sequence<UInt64>) {
        recovery = Recovery(awaited)
        // Waiters and leases that it lacks keep their numbers to themselves.
        arrivals += Recovery.mostUnknown
        leases.leaveOut(Recovery.mostUnknown)
    }

    /// Brings a recovery up to the time: it begins with the first command after what called for it.
    mutating func settleRecovery(at now: Timestamp) {
        guard let recovery else { return }
        guard recovery.until == nil, !recovery.awaited.isEmpty else {
            if recovery.awaited.isEmpty || !isRecovering(at: now) { endRecovery(at: now) }
            return
        }
        self.recovery?.until = now.advanced(by: Recovery.patience)
        events.append(.recovering(recovery.awaited.count))
        // Before anybody starts whose time has come meanwhile.
        refreshAllPauses(at: now)
    }

    /// An instance has counted all that it knows of, or is gone.
    mutating func recounted(by id: UInt64, at now: Timestamp) {
        guard recovery?.awaited.remove(id) != nil, recovery?.awaited.isEmpty == true else { return }
        endRecovery(at: now)
    }

    private mutating func endRecovery(at now: Timestamp) {
        if recovery?.until != nil { events.append(.recovered) }
        recovery = nil
        refreshAllPauses(at: now)
        advance(to: now)
        admitReady(at: now)
    }

    private mutating func refreshAllPauses(at now: Timestamp) {
        for place in keys.places(from: 0) { keys[place].pause = pause(of: keys[place].key, at: now) }
        replan(waiters.values.flatMap(\.slots), at: now)
    }
}
