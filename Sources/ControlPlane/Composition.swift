import Fetching
import Foundation
import Logging
import RateLimiting
import ServiceLifecycle
import UnixSignals

/// What the service and the gateway have in common: the data folder, and limits that are observed, versioned and kept.
struct Composition: Sendable {
    let settings: Settings
    let folder: DataFolder
    /// Counts and logs what it decides.
    let limits: any LimitBackend
    let control: LimitsControl
    let instance: Instance
    let metrics: PrometheusRegistry
    let logger: Logger
    let started = Timestamp.wallClock
    private let backend: OpenedLimits.Backend
    private let eventLog: LimiterEventLog
    /// The limits document as it was when it was read.
    private let watch: FileWatch

    /// - Throws: ``SettingsError``, ``DocumentProblems``, and what opening the data folder throws.
    init(_ given: Settings, metrics: PrometheusRegistry, logger: Logger) async throws {
        var settings = given
        self.metrics = metrics
        self.logger = logger
        for warning in settings.warnings {
            logger.warning("\(warning)", metadata: ["stage": "settings"])
        }
        folder = try DataFolder(path: settings.data)
        let history = try LimitsHistory(in: folder, logger: logger)
        settings.limits.recordWarnings = history.warnings(in: folder)
        self.settings = settings
        watch = FileWatch(read: settings.limits.file.flatMap(FileFingerprint.init))
        var limiterLogger = Logger(label: "weir.rate-limiter")
        limiterLogger.logLevel = settings.limiterLogLevel ?? settings.logLevel
        let observer = LimiterObserver(logger: limiterLogger)
        eventLog = LimiterEventLog(observer.events, limiterLogger)
        instance = .running(at: settings.port)
        let opened = try await OpenedLimits.open(
            settings, history: history, as: instance, logger: logger
        ) {
            observer.happened($0)
        }
        backend = opened.backend
        observer.applied(await opened.limits.table())
        limits = ObservedLimits(base: opened.limits, observer: observer)
        metrics.observe(limits)
        control = LimitsControl(opened.start, history: history, limits: limits, logger: logger)
    }

    /// Limits that nobody shares, and that therefore forget with the process.
    var memory: MemoryBackend? {
        if case .memory(let memory) = backend { memory } else { nil }
    }

    /// What keeps limits up with the file, with signals and with other instances, and lets those go who wait for permission.
    var serving: [any Service] {
        var services: [any Service] = [
            StoppingLimits(limits: limits), LimitsSignalReloading(control: control),
        ]
        if let file = settings.limits.file {
            services.append(LimitsFileReloading(control: control, file: file, watch: watch))
        }
        return services
    }

    /// Runs services until one of them ends, or SIGTERM or SIGINT comes; then lets the connections to upstreams go.
    ///
    /// - Parameter fetches: what they fetch with.
    func run(_ services: [any Service], _ fetches: FetchStack) async throws {
        var services = services
        if case .shared(let shared) = backend {
            services.insert(LimitsFollowing(shared: shared, control: control), at: 0)
        }
        // The first to start is the last to stop: it logs what the others bring about until then.
        services.insert(eventLog, at: 0)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(
                try await ServiceGroup.run(services, until: [.sigterm, .sigint], logger: logger))
        } catch {
            outcome = .failure(error)
        }
        try await fetches.close()
        // The registry outlives the service, whose databases are closed when nobody holds them any more.
        metrics.endObservations()
        try outcome.get()
    }
}
