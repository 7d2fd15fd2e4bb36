/// How long to wait before trying again: exponential with full jitter, so that callers do not return together.
package enum Backoff {
    static let shortest = Duration.milliseconds(100)

    package static func delay(afterTry attempt: Int) -> Duration {
        .milliseconds(Int64.random(in: shortest.wholeMilliseconds...(500 << Int64(min(attempt, 6)))))
    }
}
