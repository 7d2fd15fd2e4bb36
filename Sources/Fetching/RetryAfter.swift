import Foundation
import HTTPTypes
package import RateLimiting

/// The rest that a host asked for: `Retry-After` on a 429 or 503 (RFC 9110, section 10.2.3).
package struct RetryAfter: Hashable, Sendable {
    /// When the rest is over; at most ``longest`` from now.
    package let time: Timestamp

    /// Longer rests are asked about again after this long, in microseconds: a day.
    static let longest: Int64 = 86_400_000_000

    /// `nil` when the response asks for none, or in words that cannot be read.
    package init?(_ response: FetchResponse, now: Timestamp) {
        guard response.status.code == 429 || response.status.code == 503,
            let text = response.headers[.retryAfter]
        else { return nil }
        self.init(parsing: text, now: now)
    }

    init?(parsing text: String, now: Timestamp) {
        let microseconds: Int64
        if let seconds = Int64(text) {
            guard seconds >= 0 else { return nil }
            microseconds = min(seconds, Self.longest) * 1_000_000
        } else {
            let format = DateFormatter()
            format.locale = Locale(identifier: "en_US_POSIX")
            format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
            guard let date = format.date(from: text) else { return nil }
            let seconds = date.timeIntervalSince1970 - Double(now.microseconds) / 1e6
            microseconds = Int64((min(max(0, seconds), Double(Self.longest)) * 1e6).rounded(.up))
        }
        time = now.advanced(by: min(microseconds, Self.longest))
    }
}
