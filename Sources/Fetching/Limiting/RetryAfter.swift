import HTTPCaching
import RateLimiting

/// The rest that a host asked for: `Retry-After`, in seconds or as a date (RFC 9110, section 10.2.3).
struct RetryAfter: Hashable, Sendable {
    /// When the rest is over; at most ``UpstreamOutcome/longestRest`` from now.
    let time: Timestamp

    /// `nil` when it is in words that cannot be read.
    init?(parsing text: String, now: Timestamp) {
        let microseconds: Int64
        if let seconds = Int64(text) {
            guard seconds >= 0 else { return nil }
            microseconds = min(seconds, UpstreamOutcome.longestRest) * 1_000_000
        } else {
            let today = HTTPDate(seconds: now.microseconds / 1_000_000)
            guard let date = HTTPDate(parsing: text, now: today) else { return nil }
            let seconds = min(date.seconds - now.microseconds / 1_000_000, UpstreamOutcome.longestRest)
            microseconds = max(0, seconds * 1_000_000 - now.microseconds % 1_000_000)
        }
        time = now.advanced(by: min(microseconds, UpstreamOutcome.longestRest))
    }
}
