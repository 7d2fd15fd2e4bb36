import HTTPTypes
import Hummingbird
import RateLimiting

/// `RateLimit` and `RateLimit-Policy` (IETF draft-ietf-httpapi-ratelimit-headers): windows in whole seconds, rounded up.
enum RateLimitFields {
    private static let limit = HTTPField.Name("RateLimit")
    private static let policy = HTTPField.Name("RateLimit-Policy")

    static func fields(for usage: [Usage], at now: Timestamp) -> HTTPFields {
        var limits: [String] = []
        var policies: [String] = []
        for entry in usage {
            for window in entry.windows {
                // With several claims the host tells their windows apart.
                let name = usage.count == 1 ? "\(window.rate)" : "\(entry.key.host) \(entry.key.role) \(window.rate)"
                let resets = window.resets.map { $0.microseconds(since: now).wholeSecondsUp } ?? 0
                limits.append("\"\(name)\";r=\(window.remaining);t=\(resets)")
                policies.append("\"\(name)\";q=\(window.rate.units);w=\(window.rate.interval.wholeSecondsUp)")
            }
        }
        var fields: HTTPFields = [:]
        guard !limits.isEmpty, let limit, let policy else { return fields }
        fields[limit] = limits.joined(separator: ", ")
        fields[policy] = policies.joined(separator: ", ")
        return fields
    }
}
