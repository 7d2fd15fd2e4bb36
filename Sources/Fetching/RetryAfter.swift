import Foundation
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
            let format = DateFormatter()
            format.locale = Locale(identifier: "en_US_POSIX")
            format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
            guard let date = format.date(from: text) else { return nil }
            let seconds = date.timeIntervalSince1970 - Double(now.microseconds) / 1e6
            microseconds = Int64((min(max(0, seconds), Double(UpstreamOutcome.longestRest)) * 1e6).rounded(.up))
        }
        time = now.advanced(by: min(microseconds, UpstreamOutcome.longestRest))
    }
}
