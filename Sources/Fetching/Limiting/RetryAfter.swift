import HTTPCaching
import HTTPTypes
import RateLimiting

/// The rest that a host asked for: `Retry-After`, in seconds or as a date (RFC 9110, section 10.2.3).
struct RetryAfter: Hashable, Sendable {
    /// When the rest is over: after now, and at most ``UpstreamOutcome/longestRest`` from now.
    let time: Timestamp

    /// The longest of the rests that were asked for, since some hosts send several.
    ///
    /// `nil` where none can be read, or none lies ahead: a host that asks for no rest is not a host that wants to be
    /// asked again at once.
    init?(_ fields: HTTPFields, now: Timestamp) {
        let members = FieldList.members(of: .retryAfter, in: fields)
        var longest: Int64 = 0
        for (index, member) in members.enumerated() {
            // The comma of a date separates nothing.
            let next = index + 1 < members.count ? members[index + 1] : nil
            let date = next.map { "\(member), \($0)"[...] } ?? member
            longest = max(
                longest, Self.rest(member, now) ?? Self.rest(until: date, now) ?? Self.rest(until: member, now) ?? 0)
        }
        guard longest > 0 else { return nil }
        time = now.advanced(by: min(longest, UpstreamOutcome.longestRest))
    }

    /// Microseconds. Seconds are whole ones in the standard, so a part of one is a whole one.
    private static func rest(_ seconds: Substring, _ now: Timestamp) -> Int64? {
        HintNumber.parse(seconds).map { UpstreamOutcome.microseconds(ofSeconds: $0.rounded(.up)) }
    }

    private static func rest(until date: Substring, _ now: Timestamp) -> Int64? {
        let today = HTTPDate(seconds: now.microseconds / 1_000_000)
        return HTTPDate(parsing: date, now: today).map { date in
            Timestamp(microseconds: date.seconds * 1_000_000).microseconds(since: now)
        }
    }
}
