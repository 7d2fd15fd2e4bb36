import HTTPCaching
import HTTPTypes
import RateLimiting

/// What is left of one of an upstream's quotas, and when there will be more.
package struct AnnouncedQuota: Hashable, Sendable {
    /// At most 0 where the quota is used up.
    let remaining: Int
    /// Microseconds from now.
    let reset: Int64?

    private init(remaining: Double, reset: Int64?) {
        self.remaining = Self.wholeUnits(remaining)
        self.reset = reset
    }

    /// A part of a unit is no whole one. Absurd numbers are held at 10¹⁵.
    package static func wholeUnits(_ remaining: Double) -> Int {
        Int(exactly: max(min(remaining, 1e15), -1e15).rounded(.down)) ?? 0
    }

    /// Every quota that the fields tell of, in whatever spelling.
    static func all(in fields: HTTPFields, now: Timestamp) -> [AnnouncedQuota] {
        spellings.compactMap { $0.quota(in: fields, now: now) } + policies(in: fields, now: now)
    }

    /// One way to name the fields. Of several values the one counts that asks for more patience.
    private struct Spelling {
        let remaining: [HTTPField.Name]
        /// The first that can be read counts.
        let reset: [HTTPField.Name]

        init(_ prefix: String) {
            remaining = ["\(prefix)-Remaining", "\(prefix)Remaining"].compactMap { HTTPField.Name($0) }
            reset = ["\(prefix)-Reset-After", "\(prefix)-Reset", "\(prefix)-Retry-After"].compactMap {
                HTTPField.Name($0)
            }
        }

        func quota(in fields: HTTPFields, now: Timestamp) -> AnnouncedQuota? {
            let numbers = remaining.flatMap { fields[values: $0] }
                .flatMap { $0.split(separator: ",") }.compactMap { HintNumber.parse(FieldList.trimmed($0)) }
            guard let least = numbers.min() else { return nil }
            let resets = reset.lazy.compactMap { Self.latest(fields[values: $0], now: now) }
            return AnnouncedQuota(remaining: least, reset: resets.first)
        }

        private static func latest(_ values: [String], now: Timestamp) -> Int64? {
            // A date has a comma of its own.
            values.flatMap { value in [value[...]] + value.split(separator: ",") }
                .compactMap { QuotaReset.microseconds(parsing: FieldList.trimmed($0), now: now) }.max()
        }
    }

    private static let spellings = ["X-RateLimit", "X-Rate-Limit", "RateLimit"].map(Spelling.init)
    private static let rateLimit = HTTPField.Name("RateLimit")

    /// `RateLimit` of draft-ietf-httpapi-ratelimit-headers: a quota for each member as in `"hour";r=0;t=120`, or the one
    /// that `limit=100, remaining=0, reset=50` is of, as up to draft 7.
    private static func policies(in fields: HTTPFields, now: Timestamp) -> [AnnouncedQuota] {
        guard let rateLimit else { return [] }
        let members = FieldList.members(of: rateLimit, in: fields)
        let whole = quota(members, "remaining", "reset", now)
        return (whole.map { [$0] } ?? [])
            + members.compactMap { quota(FieldList.split($0, at: UInt8(ascii: ";")), "r", "t", now) }
    }

    /// - Parameter pairs: such as `r=0`; what else there is counts for nothing.
    private static func quota(
        _ pairs: [Substring], _ remaining: Substring, _ reset: Substring, _ now: Timestamp
    ) -> AnnouncedQuota? {
        func value(_ name: Substring) -> Double? {
            for pair in pairs {
                let parts = pair.split(separator: "=", maxSplits: 1).map(FieldList.trimmed)
                if parts.count == 2, parts[0] == name {
                    return HintNumber.parse(FieldList.trimmed(parts[1].prefix { $0 != ";" }))
                }
            }
            return nil
        }
        return value(remaining).map { left in
            AnnouncedQuota(remaining: left, reset: value(reset).map { QuotaReset.microseconds($0, now: now) })
        }
    }
}
