import Logging
import RateLimiting
import ServiceLifecycle

/// Logs what happens to limits. It listens from its creation on, and when the service shuts down it logs what is left.
struct LimiterEventLog: Service {
    private let subscription: LimiterEvents.Subscription
    private let logger: Logger

    init(_ events: LimiterEvents, _ logger: Logger) {
        subscription = events.subscribe()
        self.logger = logger
    }

    func run() async {
        await withGracefulShutdownHandler {
            for await event in subscription.events { log(event) }
        } onGracefulShutdown: {
            end()
        }
    }

    /// Listens no longer; what was told by then is logged.
    func end() { subscription.end() }

    private func log(_ event: LimiterEvent) {
        switch event {
        case .paused(let scope, let pause):
            var metadata = Logger.Metadata.limiter("pause", scope.host, scope.role)
            metadata["until"] = "\(pause.until)"
            metadata["reason"] = "\(pause.reason.rawValue)"
            logger.notice("host paused", metadata: metadata)
        case .resumed(let scope):
            logger.notice("host resumed", metadata: .limiter("resume", scope.host, scope.role))
        case .recovering(let instances):
            logger.warning(
                "what was granted last may be missing: nothing starts until every instance has told what it knows",
                metadata: ["stage": "rate-limiter", "event_type": "recovering", "instances": "\(instances)"])
        case .recovered:
            logger.notice("limits are complete again", metadata: ["stage": "rate-limiter", "event_type": "recovered"])
        case .adjusted(let key, let change):
            var metadata = Logger.Metadata.limiter("adjust", key.host, key.role)
            metadata["multiplier"] = "\(change.to)"
            metadata["multiplier_before"] = "\(change.from)"
            logger.notice("limit adjusted", metadata: metadata)
        }
    }
}

extension Logger.Metadata {
    /// What every log line of the limiter about a host has.
    static func limiter(_ event: String, _ host: String, _ role: String?) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["stage": "rate-limiter", "event_type": "\(event)", "host": "\(host)"]
        if let role { metadata["role"] = "\(role)" }
        return metadata
    }
}
