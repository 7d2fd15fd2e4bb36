import HTTPTypes
package import RateLimiting

extension UpstreamOutcome {
    /// What a response tells about its upstream's limits: its status, `Retry-After` (RFC 9110, section 10.2.3),
    /// `X-RateLimit-Remaining` and `-Reset` in their usual spellings, and `RateLimit`
    /// (draft-ietf-httpapi-ratelimit-headers).
    package init(_ response: FetchResponse, now: Timestamp) {
        self.init(status: response.status.code)
        retryAfter = response.headers[.retryAfter]
            .flatMap { RetryAfter(parsing: $0, now: now) }
            .map { $0.time.microseconds(since: now) }
        for (remainingName, resetName) in Self.spellings {
            guard let remaining = Self.number(response.headers, remainingName) else { continue }
            self.remaining = Int(clamping: remaining)
            reset = Self.number(response.headers, resetName).map { Self.microseconds(untilReset: $0, now: now) }
            return
        }
        if let policy = Self.exhaustedPolicy(response.headers) {
            remaining = 0
            reset = Self.microseconds(untilReset: policy, now: now)
        }
    }

    /// What is left, and when there will be more.
    private static let spellings: [(remaining: HTTPField.Name, reset: HTTPField.Name)] =
        ["X-RateLimit", "X-Rate-Limit", "RateLimit"].compactMap { prefix in
            guard let remaining = HTTPField.Name("\(prefix)-Remaining"), let reset = HTTPField.Name("\(prefix)-Reset")
            else { return nil }
            return (remaining, reset)
        }
    private static let rateLimit = HTTPField.Name("RateLimit")

    private static func number(_ fields: HTTPFields, _ name: HTTPField.Name) -> Int64? {
        fields[name].flatMap { Int64($0) }
    }

    /// Some services write seconds from now, others seconds since 1970; no reset is thirty years away.
    private static func microseconds(untilReset value: Int64, now: Timestamp) -> Int64 {
        let seconds = min(max(0, value), 1 << 40)
        let isDate = seconds > 1_000_000_000
        return max(0, seconds * 1_000_000 - (isDate ? now.microseconds : 0))
    }

    /// The longest `t` of the items of `RateLimit` whose `r` is 0: `"hour";r=0;t=120`.
    private static func exhaustedPolicy(_ fields: HTTPFields) -> Int64? {
        guard let text = rateLimit.flatMap({ fields[$0] }) else { return nil }
        return text.split(separator: ",").compactMap { item -> Int64? in
            var parameters: [Substring: Int64] = [:]
            for part in item.split(separator: ";").dropFirst() {
                let pair = part.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != " " } }
                if pair.count == 2 { parameters[Substring(pair[0])] = Int64(pair[1]) }
            }
            return parameters["r"] == 0 ? parameters["t"] : nil
        }.max()
    }
}
