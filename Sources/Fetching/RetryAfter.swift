import Foundation
import HTTPTypes
package import RateLimiting

/// The rest that a host asked for: `Retry-After` on a 429 or 503 (RFC 9110, section 10.2.3).
package struct RetryAfter: Hashable, Sendable {
    /// When the rest is over.
    package let time: Timestamp

    /// `nil` when the response asks for none, or in words that cannot be read.
    package init?(_ response: FetchResponse, now: Timestamp) {
        guard response.status.code == 429 || response.status.code == 503,
            let text = response.headers[.retryAfter]
        else { return nil }
        self.init(parsing: text, now: now)
    }

    init?(parsing text: String, now: Timestamp) {
        if let seconds = Int64(text) {
            guard seconds >= 0 else { return nil }
            let (microseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
            time = now.advanced(by: overflow ? .max : microseconds)
        } else {
            let format = DateFormatter()
            format.locale = Locale(identifier: "en_US_POSIX")
            format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
            guard let date = format.date(from: text) else { return nil }
            time = Timestamp(microseconds: Int64(date.timeIntervalSince1970 * 1_000_000))
        }
    }
}
