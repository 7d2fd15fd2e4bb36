import HTTPCaching
package import RateLimiting

/// When an upstream's quota is renewed, in one of the many forms that services give it.
package enum QuotaReset {
    /// Microseconds from now, at least 0.
    ///
    /// - Parameter text: a number as ``microseconds(_:now:)`` takes it, a date of HTTP, or one of RFC 3339.
    static func microseconds(parsing text: Substring, now: Timestamp) -> Int64? {
        if let number = HintNumber.parse(text) { return microseconds(number, now: now) }
        let today = HTTPDate(seconds: now.microseconds / 1_000_000)
        let date = HTTPDate(parsing: text, now: today).map { Timestamp(microseconds: $0.seconds * 1_000_000) }
        return (date ?? Timestamp(rfc3339: text)).map { max(0, $0.microseconds(since: now)) }
    }

    /// Microseconds from now, at least 0.
    ///
    /// - Parameter number: seconds from now; or since 1970 seconds, milliseconds, microseconds or nanoseconds. Their sizes
    ///   tell them apart: no reset is thirty years away, and none was before 1973.
    package static func microseconds(_ number: Double, now: Timestamp) -> Int64 {
        guard number >= 1e9 else { return UpstreamOutcome.microseconds(ofSeconds: number) }
        let perSecond: Double =
            switch number {
            case ..<1e11: 1
            case ..<1e14: 1e3
            case ..<1e17: 1e6
            default: 1e9
            }
        // Of the nanoseconds no more than fit into 64 bits: the year 2262.
        let time = Timestamp(microseconds: Int64(min(number, 9.2e18) / perSecond * 1e6))
        return max(0, time.microseconds(since: now))
    }
}

extension UpstreamOutcome {
    /// Microseconds, at least 0 and at most ``longestRest``, rounded up.
    package static func microseconds(ofSeconds seconds: Double) -> Int64 {
        seconds > 0 ? Int64(min(seconds * 1e6, Double(longestRest)).rounded(.up)) : 0
    }
}
