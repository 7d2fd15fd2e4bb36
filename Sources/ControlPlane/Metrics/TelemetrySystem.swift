package import Logging
import Metrics

/// Where the logs and metrics of a process go.
package enum TelemetrySystem {
    /// Sets up logging and metrics. Call once, before anything logs or counts.
    ///
    /// - Parameter level: the lowest level that is logged.
    /// - Returns: the registry that all metrics are written to.
    package static func bootstrap(logLevel level: Logger.Level) -> PrometheusRegistry {
        LoggingSystem.bootstrap { _ in JSONLogHandler(level: level) }
        let registry = PrometheusRegistry.weir()
        MetricsSystem.bootstrap(registry)
        return registry
    }
}
