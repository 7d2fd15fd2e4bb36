/// Use of limits that a limiter cannot know of and allows for: it is rather too strict than too generous.
enum UnknownUse: Sendable {
    /// It began with nothing remembered.
    case past(Past)
    /// What others may have used, before they set aside the share that it decides about.
    indirect case others(Others)

    struct Past: Sendable {
        /// Windows no longer than this many microseconds count as used up when it began.
        let reach: Int64
        /// The time of the first command; `nil` until it comes.
        var begun: Timestamp?

        /// Units that are taken to have started when it began.
        func units(_ windows: [Window], at now: Timestamp) -> (units: Int, start: Timestamp)? {
            guard let begun, now < begun.advanced(by: reach) else { return nil }
            return windows.lazy.filter { $0.interval <= reach }.map(\.units).max().map { ($0, begun) }
        }
    }

    struct Others: Sendable {
        let share: Share
        /// What is known, until `known`.
        let keys: KeyTable
        let known: Timestamp
        /// From when on the others leave the share alone.
        let begin: Timestamp

        /// Units of the share that are taken to be used when the last start comes that may have been granted before
        /// `begin`, or before `known` where that is later: an instance can be cut off again before it has taken its share
        /// back, and then knows what it granted itself. Exceeding no window means: together with the share, no more than all units of it.
        ///
        /// - Parameter windows: whole.
        func units(of key: LimitKey, _ windows: [Window], _ policy: Policy.Terms) -> (units: Int, start: Timestamp)? {
            let last = max(known, begin).advanced(by: Int64(policy.maxDelayMilliseconds) * 1000)
            let span = last.microseconds(since: known)
            // More than this no window lets through in that time.
            let most = windows.lazy.map { $0.units.multipliedClamping(by: span / $0.interval + 1) }.min() ?? 0
            let log = keys.place(of: key).map { keys[$0].log } ?? WindowLog()
            let units = windows.lazy.map { window in
                let used = min(window.units, log.used(of: window, at: known).addingClamping(most))
                return min(share.of(window.units), max(0, used - (window.units - share.of(window.units))))
            }
            return units.max().flatMap { $0 > 0 ? ($0, last) : nil }
        }
    }
}

extension UnknownUse.Past: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(reach)
        bytes.write(begun)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        self.init(reach: try bytes.read(), begun: try bytes.read())
    }
}

extension Int {
    fileprivate func multipliedClamping(by factor: Int64) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: Int(factor))
        return overflow ? .max : product
    }

    fileprivate func addingClamping(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
