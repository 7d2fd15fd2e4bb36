import HTTPTypes
import Metrics
package import RateLimiting

/// Repeats what may be repeated where it may help: on 429, 500, 502, 503, 504 and connections that fail before an answer.
///
/// Waits as long as the host asks for, or with full jitter. Where that is longer than patience or deadline allow, the
/// answer stands: the caller decides when to come back.
package struct RetryLayer<Next: Transport>: Transport {
    private let budget: RetryBudget
    private let time: any TimeSource
    private let next: Next

    /// Longer rests are not sat out.
    private static var longestWait: Duration { .seconds(30) }

    package init(_ budget: RetryBudget, time: any TimeSource, _ next: Next) {
        self.budget = budget
        self.time = time
        self.next = next
    }

    private enum Try<Result: Sendable>: Sendable {
        case done(Result)
        case again(after: Duration)
    }

    package func withResponse<Result: Sendable>(
        to request: FetchRequest,
        _ consume: @escaping @Sendable (FetchResponse) async throws -> Result
    ) async throws -> Result {
        budget.earn()
        var attempt = 1
        while true {
            let outcome: Try<Result>
            let mayRepeat = request.isRepeatable && attempt < request.maximumAttempts
            request.exchange.note { $0.status = nil }
            do {
                outcome = try await next.withResponse(to: request) { [attempt] response in
                    if mayRepeat, let wait = patience(with: response, attempt, request) { return .again(after: wait) }
                    request.exchange.note { $0.status = response.status.code }
                    return .done(try await consume(response))
                }
            } catch let error as FetchError where error.isTransient && request.exchange.facts.status == nil {
                // No answer has come, so nobody has seen a part of it.
                guard mayRepeat, let wait = allowed(Backoff.delay(afterTry: attempt), request) else { throw error }
                outcome = .again(after: wait)
            }
            switch outcome {
            case .done(let result): return result
            case .again(let wait):
                Counter(
                    label: "weir_retries_total",
                    dimensions: [("host", request.address.host), ("role", request.role.rawValue)]
                ).increment()
                try await time.sleep(until: time.now().advanced(by: wait.wholeMilliseconds * 1000))
                attempt += 1
            }
        }
    }

    /// How long to wait before the request is repeated; `nil` when the response stands.
    private func patience(with response: FetchResponse, _ attempt: Int, _ request: FetchRequest) -> Duration? {
        guard [429, 500, 502, 503, 504].contains(response.status.code) else { return nil }
        let now = time.now()
        // A date is a whole second, of which next to nothing may be left.
        let rest = RetryAfter(response.headers, now: now).map { rest in
            max(Backoff.shortest, .microseconds(rest.time.microseconds(since: now)))
        }
        return allowed(rest ?? Backoff.delay(afterTry: attempt), request)
    }

    private func allowed(_ wait: Duration, _ request: FetchRequest) -> Duration? {
        guard wait <= Self.longestWait, wait < request.timeLeft, budget.spend() else { return nil }
        return wait
    }
}
