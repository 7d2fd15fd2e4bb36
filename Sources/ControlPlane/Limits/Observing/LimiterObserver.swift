import Fetching
import Logging
import Metrics
import RateLimiting
import Synchronization

/// What operators get to see of a limiter: counters for every decision, and a log event for whoever wants them.
///
/// At full load a decision costs a look-up of its counters, and a comparison of levels where nobody reads the events:
/// those of single requests are `debug`, those of a whole host `notice`.
final class LimiterObserver: Sendable {
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

    func happened(_ event: LimiterEvent) {
        switch event {
        case .paused(let scope, let pause):
            counter("weir_pauses_total", [("host", scope.host), ("reason", pause.reason.rawValue)]).increment()
            logger.notice(
                "host paused",
                metadata: Self.metadata("pause", scope.host, scope.role) {
                    $0["until"] = "\(pause.until)"
                    $0["reason"] = "\(pause.reason.rawValue)"
                })
        case .resumed(let scope):
            logger.notice("host resumed", metadata: Self.metadata("resume", scope.host, scope.role))
        case .recovering(let instances):
            logger.warning(
                "what was granted last may be missing: nothing starts until every instance has told what it knows",
                metadata: ["stage": "rate-limiter", "event_type": "recovering", "instances": "\(instances)"])
        case .recovered:
            logger.notice("limits are complete again", metadata: ["stage": "rate-limiter", "event_type": "recovered"])
        case .adjusted(let key, let change):
            gauge("weir_limit_multiplier", [("host", key.host), ("role", key.role)]).record(change.to)
            logger.notice(
                "limit adjusted",
                metadata: Self.metadata("adjust", key.host, key.role) {
                    $0["multiplier"] = "\(change.to)"
                    $0["multiplier_before"] = "\(change.from)"
                })
        }
    }

    private func log(
        _ event: String, _ key: LimitKey, delay: Int64, isAcquired: Bool, limit: Violation.Limit? = nil
    ) {
        guard logger.logLevel <= .debug else { return }
        let policy = table.withLock { $0?.policy(for: key) }
        logger.debug(
            isAcquired ? "acquired" : "blocked",
            metadata: Self.metadata(event, key.host, key.role) {
                $0["delay_ms"] = .stringConvertible(Int(delay.wholeMillisecondsUp))
                $0["policy_max_delay_ms"] = policy.map { .stringConvertible($0.maxDelayMilliseconds) }
                $0["acquired"] = .stringConvertible(isAcquired)
                if let limit { $0["limit"] = "\(limit)" }
            })
    }

    private static func metadata(
        _ event: String, _ host: String, _ role: String?, _ more: (inout Logger.Metadata) -> Void = { _ in }
    ) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["stage": "rate-limiter", "event_type": "\(event)", "host": "\(host)"]
        if let role { metadata["role"] = "\(role)" }
        more(&metadata)
        return metadata
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
