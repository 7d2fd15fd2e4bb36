import Logging
import ServiceLifecycle
import UnixSignals

extension ServiceGroup {
    /// Runs services until one of them ends or a signal comes, then lets what runs come to an end for at most ten seconds.
    static func run(_ services: [any Service], until signals: [UnixSignal], logger: Logger) async throws {
        var configuration = ServiceGroupConfiguration(
            services: services.map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) },
            gracefulShutdownSignals: signals, logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(8)
        configuration.maximumCancellationDuration = .seconds(2)
        try await ServiceGroup(configuration: configuration).run()
    }
}
