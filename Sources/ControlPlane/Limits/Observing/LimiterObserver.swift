import Fetching
import Logging
import Metrics
import RateLimiting
import Synchronization

/// What operators get to see of a limiter: counters for every decision, and a `debug` log line for each where it is asked for.
///
/// At full load a decision costs a look-up of its counters, and a comparison of levels if nobody reads the lines.
final class LimiterObserver: Sendable {
    /// What happens to limits, for whoever listens.
    let events: LimiterEvents
    private let logger: Logger
    private let metrics: any MetricsFactory
    /// By host and role.
    private let counters: SeriesByHost<String, KeyCounters>
    private let refused: Counter
    /// The table in force, for the events that name a policy; `nil` until it is known.
    private let table = Mutex<LimitTable?>(nil)

    /// What decided last.
    private let reach = Atomic(Reach.limits.rawValue)

    private enum Reach: UInt8 {
        case limits
        case nobody
        case share
        case unchecked
    }

    init(logger: Logger, metrics: any MetricsFactory = MetricsSystem.factory) {
        self.logger = logger
        self.metrics = metrics
        events = LimiterEvents(metrics: metrics)
        counters = SeriesByHost { KeyCounters($0, $1, metrics) }
        refused = Counter(label: "weir_acquires_refused_total", factory: metrics)
    }

    func applied(_ table: LimitTable) {
        self.table.withLock { if table.version > $0?.version ?? .min { $0 = table } }
    }

    func decided(_ request: AcquireRequest, _ decision: Decision) {
        switch decision.basis {
        case .limits: reached()
        case .share(let share): away(.share, "decisions are by this instance's share of the limits, \(share)")
        case .unchecked: away(.unchecked, "grants are not checked")
        }
        switch decision {
        case .granted(let grant):
            let delay = max(0, grant.start.microseconds(since: grant.asked))
            for claim in request.claims {
                let counters = counters[claim.key.host, claim.key.role]
                counters.granted.increment()
                counters.wait.recordMicroseconds(delay)
                log("acquire", claim.key, delay: delay, isAcquired: true)
            }
            for violation in grant.shadowed {
                counter("weir_shadow_denials_total", Self.dimensions(violation)).increment()
            }
        case .denied(let denial):
            for claim in request.claims { counters[claim.key.host, claim.key.role].denied.increment() }
            for violation in denial.violations {
                counter("weir_denials_total", Self.dimensions(violation)).increment()
                log(
                    "block", violation.key, delay: denial.retryAt.microseconds(since: denial.decided),
                    isAcquired: false, limit: violation.limit)
            }
        }
    }

    /// Tells when what limits are shared through comes back.
    private func reached() {
        guard reach.load(ordering: .relaxed) != Reach.limits.rawValue,
            reach.exchange(Reach.limits.rawValue, ordering: .relaxed) != Reach.limits.rawValue
        else { return }
        gauge("weir_limits_reachable").record(1)
        logger.notice("limits are within reach again", metadata: ["stage": "rate-limiter", "event_type": "reached"])
    }

    /// Tells when it is another that decides.
    private func away(_ reached: Reach, _ detail: @autoclosure () -> String) {
        counter("weir_limits_unavailable_total").increment()
        guard reach.exchange(reached.rawValue, ordering: .relaxed) != reached.rawValue else { return }
        gauge("weir_limits_reachable").record(0)
        logger.error(
            "limits are out of reach",
            metadata: ["stage": "rate-limiter", "event_type": "out_of_reach", "detail": "\(detail())"])
    }

    func failed(_ request: AcquireRequest, _ error: any Error) {
        if error is CancellationError {
            for claim in request.claims { counters[claim.key.host, claim.key.role].cancelled.increment() }
        } else if let error = error as? LimitLogUnavailable {
            away(.nobody, "\(error)")
        } else {
            // Names that no policy knows are the caller's invention and would make a series each.
            refused.increment()
        }
    }

    /// Counts an event, since counters must miss none, and hands it on to the listeners of ``events``.
    func happened(_ event: LimiterEvent) {
        switch event {
        case .paused(let scope, let pause):
            counter("weir_pauses_total", [("host", scope.host), ("reason", pause.reason.rawValue)]).increment()
        case .adjusted(let key, let change):
            gauge("weir_limit_multiplier", [("host", key.host), ("role", key.role)]).record(change.to)
        case .resumed, .recovering, .recovered:
            break
        }
        events.send(event)
    }

    private func log(
        _ event: String, _ key: LimitKey, delay: Int64, isAcquired: Bool, limit: Violation.Limit? = nil
    ) {
        guard logger.logLevel <= .debug else { return }
        let policy = table.withLock { $0?.policy(for: key) }
        var metadata = Logger.Metadata.limiter(event, key.host, key.role)
        metadata["delay_ms"] = .stringConvertible(Int(delay.wholeMillisecondsUp))
        metadata["policy_max_delay_ms"] = policy.map { .stringConvertible($0.maxDelayMilliseconds) }
        metadata["acquired"] = .stringConvertible(isAcquired)
        if let limit { metadata["limit"] = "\(limit)" }
        logger.debug(isAcquired ? "acquired" : "blocked", metadata: metadata)
    }

    private static func dimensions(_ violation: Violation) -> [(String, String)] {
        [("host", violation.key.host), ("role", violation.key.role), ("limit", violation.limit.reason)]
    }

    private func counter(_ label: String, _ dimensions: [(String, String)] = []) -> Counter {
        Counter(label: label, dimensions: dimensions, factory: metrics)
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)] = []) -> Gauge {
        Gauge(label: label, dimensions: dimensions, factory: metrics)
    }
}

/// The series of one host and role.
private struct KeyCounters: Sendable {
    let granted: Counter
    let denied: Counter
    let cancelled: Counter
    let wait: Timer

    init(_ host: String, _ role: String, _ metrics: any MetricsFactory) {
        func counter(_ result: String) -> Counter {
            Counter(
                label: "weir_acquires_total", dimensions: [("host", host), ("role", role), ("result", result)],
                factory: metrics)
        }
        granted = counter("granted")
        denied = counter("denied")
        cancelled = counter("cancelled")
        wait = Timer(label: "weir_acquire_wait_seconds", factory: metrics)
    }
}
