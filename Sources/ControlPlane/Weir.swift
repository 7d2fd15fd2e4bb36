import Fetching
import Foundation
package import Harvesting
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import RateLimiting
import ServiceLifecycle
import Storage
import UnixSignals

/// The composition root: everything of one process, put together from its settings.
package struct Weir: Sendable {
    package static let version = "0.1.0"

    let settings: Settings
    let logger: Logger
    let limits: any LimitBackend
    let harvests: HarvestService
    let metrics: PrometheusRegistry
    let control: LimitsControl
    private let opened: OpenedLimits
    private let eventLog: LimiterEventLog
    /// The limits document as it was when it was read.
    private let watch: FileWatch
    private let folder: DataFolder
    private let storage: StorageCheck
    private let instance: Instance
    private let started = Timestamp.wallClock
    private let fetches: FetchStack

    /// - Throws: ``SettingsError``, ``DocumentProblems``, and what opening the data folder throws.
    package init(settings given: Settings, metrics: PrometheusRegistry, logger: Logger) async throws {
        var settings = given
        self.metrics = metrics
        self.logger = logger
        for warning in settings.warnings { logger.warning("\(warning)", metadata: ["stage": "settings"]) }
        folder = try DataFolder(path: settings.data)
        storage = StorageCheck(folder, [folder.limits, folder.manifest])
        let history = try LimitsHistory(in: folder, logger: logger)
        settings.limits.recordWarnings = history.warnings(in: folder)
        self.settings = settings
        watch = FileWatch(read: settings.limits.file.flatMap(FileFingerprint.init))
        var limiterLogger = Logger(label: "weir.rate-limiter")
        limiterLogger.logLevel = settings.limiterLogLevel ?? settings.logLevel
        let observer = LimiterObserver(logger: limiterLogger)
        eventLog = LimiterEventLog(observer.events, limiterLogger)
        instance = .running(at: settings.port)
        opened = try await OpenedLimits.open(settings, history: history, as: instance, logger: logger) {
            observer.happened($0)
        }
        observer.applied(await opened.limits.table())
        let limits = ObservedLimits(base: opened.limits, observer: observer)
        self.limits = limits
        control = LimitsControl(opened.start, history: history, limits: limits, logger: logger)
        let manifest = try Manifest(path: folder.manifest)
        manifest.setAside?.log(logger, "its jobs are gone")
        if let kept = try folder.keepArtifacts(of: manifest) {
            logger.error(
                "the record of jobs is gone; their files were moved to \(kept)",
                metadata: ["stage": "storage", "event_type": "artifacts_set_aside", "set_aside_as": "\(kept)"])
        }
        let store = try ArtifactStore(root: folder.artifacts)
        fetches = try FetchStack(settings, cache: folder.cache, limits: limits, logger: logger)
        let openAlex = OpenAlexClient(
            metadata: MetadataClient(transport: fetches.following, limits: limits), baseURL: settings.openAlexBaseURL)
        harvests = HarvestService(
            manifest: manifest, store: store,
            sources: WorkSources(openAlex: openAlex, doiResolverURL: settings.doiBaseURL),
            resolvers: settings.resolvers,
            transports: HarvestTransports(single: fetches.single, following: fetches.following), limits: limits,
            webhookKey: settings.webhookKey, retentionDays: settings.retentionDays, logger: logger)
        metrics.observe(self.limits)
        metrics.observe(fetches.cache)
        metrics.observe(manifest)
    }

    /// Serves until SIGTERM or SIGINT, then lets what runs come to an end for at most ten seconds.
    package func serve() async throws {
        let server = Listening(server: application, host: settings.host, port: settings.port)
        var services: [any Service] = [
            harvests, server, fetches.refreshes, StoppingLimits(limits: limits),
            LimitsSignalReloading(control: control),
        ]
        if let file = settings.limits.file {
            services.append(LimitsFileReloading(control: control, file: file, watch: watch))
        }
        try await run(services, signals: [.sigterm, .sigint])
    }

    /// Runs one job in this process and returns it when it has ended; SIGINT and SIGTERM cancel it.
    package func harvest(_ request: JobRequest, progress: any HarvestProgress) async throws -> Job {
        let session = HarvestSession(
            request: request, harvests: harvests, progress: progress, logger: logger, manifestFile: manifestFile)
        try await run([session, fetches.refreshes], signals: [.sigterm, .sigint])
        return try await session.result()
    }

    /// All that is wrong with a job for this process.
    package func problems(of request: JobRequest) -> [FieldError] {
        harvests.problems(of: request)
    }

    /// Where the files of harvests are.
    package var artifactFolder: String { folder.artifacts.path(percentEncoded: false) }

    /// Where ``harvest(_:progress:)`` writes a job's manifest as JSON lines.
    package func manifestFile(of job: String) -> String {
        folder.url.appending(path: "manifests/\(job).jsonl").path(percentEncoded: false)
    }

    var router: Router<WeirRequestContext> {
        let router = Router(context: WeirRequestContext.self)
        router.addMiddleware {
            RequestLogMiddleware()
            ProblemMiddleware(storage: storage)
        }
        addRoutes(to: router).refuseOtherMethods()
        return router
    }

    /// What the service answers, by path and method.
    func addRoutes(to router: Router<WeirRequestContext>) -> RouteTable {
        let routes = RouteTable(router: router)
        OperationsController(
            limits: limits, harvests: harvests, metrics: metrics, storage: storage
        ).addRoutes(to: routes)
        TokensController(limits: limits).addRoutes(to: routes)
        LeasesController(limits: limits).addRoutes(to: routes)
        UsageController(limits: limits).addRoutes(to: routes)
        LimitsController(control: control).addRoutes(to: routes)
        InstancesController(limits: limits, instance: instance, started: started).addRoutes(to: routes)
        FetchController(transport: fetches.following, limits: limits, isEnabled: settings.isFetchEnabled)
            .addRoutes(to: routes)
        CacheController(cache: fetches.cache).addRoutes(to: routes)
        JobsController(harvests: harvests, storage: storage).addRoutes(to: routes)
        JobRecordsController(harvests: harvests).addRoutes(to: routes)
        return routes
    }

    private var application: some ApplicationProtocol {
        Application(
            router: router,
            server: .api,
            configuration: .init(address: .hostname(settings.host, port: settings.port), serverName: "weir"),
            onServerRunning: { [logger, settings] channel in
                let port = channel.localAddress?.port ?? settings.port
                logger.notice(
                    "listening", metadata: ["stage": "http", "url": "\(ListenAddress.url(settings.host, port))"])
            },
            logger: logger)
    }

    private func run(_ services: [any Service], signals: [UnixSignal]) async throws {
        var services = services
        switch opened.backend {
        case .memory(let memory):
            // A restart is no way around the limits: what was requested before it still counts.
            let longest = memory.table().document.longestInterval
            memory.recall(try await harvests.manifest.requests(since: memory.now().advanced(by: -longest)))
        case .shared(let shared):
            services.insert(LimitsFollowing(shared: shared, control: control), at: 0)
        }
        // The first to start is the last to stop: it logs what the others bring about until then.
        services.insert(eventLog, at: 0)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await ServiceGroup.run(services, until: signals, logger: logger))
        } catch {
            outcome = .failure(error)
        }
        try await close()
        try outcome.get()
    }

    /// Lets the connections to upstreams go; nothing can be fetched any more.
    func close() async throws {
        try await fetches.close()
    }
}
