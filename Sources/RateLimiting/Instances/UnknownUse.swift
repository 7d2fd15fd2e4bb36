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
        /// What is left where others were cut off then, and may have used shares of theirs that nobody knows of.
        let portion: Portion
        /// From when on the others leave the share alone.
        let begin: Timestamp

        /// Units of the share that are taken to be used when the last start comes that may have been granted before
        /// `begin`, or is known.
        ///
        /// What was used before eats into the shares of all who may be cut off at the same time. None of them knows of the
        /// others, so each bears its part of it: if `used` of `left` units are, that many of its own. Those that were known
        /// to be cut off may have used all of theirs.
        ///
        /// - Parameter windows: whole.
        func units(of key: LimitKey, _ windows: [Window], _ policy: Policy.Terms) -> (units: Int, start: Timestamp)? {
            // What is known reaches beyond `begin` where the log answered once more, and was told what this instance had
            // granted by its share until then.
            let last = max(begin, known).advanced(by: Int64(policy.maxDelayMilliseconds) * 1000)
            // By then the shares of all others are set aside that may be cut off without being known to be.
            let span = last.advanced(by: InstanceTable.patience).microseconds(since: known)
            // More than this no window lets through in that time.
            let most = windows.lazy.map { $0.units.multipliedClamping(by: span / $0.interval + 1) }.min() ?? 0
            let log = keys.place(of: key).map { keys[$0].log } ?? WindowLog()
            let units = windows.lazy.map { window in
                let (own, left) = (share.of(window.units), portion.of(window.units))
                let used = log.used(of: window, at: known).addingClamping(most)
                return used < left ? own.multiplied(by: used, dividedRoundingUpBy: left) : own
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

    /// - Parameter divisor: greater than `factor`.
    fileprivate func multiplied(by factor: Int, dividedRoundingUpBy divisor: Int) -> Int {
        let (quotient, remainder) = divisor.dividingFullWidth(multipliedFullWidth(by: factor))
        return quotient + remainder.signum()
    }

    fileprivate func addingClamping(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
