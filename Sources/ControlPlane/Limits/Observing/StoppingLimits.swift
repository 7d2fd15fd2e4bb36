import RateLimiting
import ServiceLifecycle

/// Answers all who wait for permission as soon as the service is to stop, so that it need not outwait them.
struct StoppingLimits: Service {
    let limits: any LimitBackend

    func run() async throws {
        try await gracefulShutdown()
        await limits.stop()
    }
}
