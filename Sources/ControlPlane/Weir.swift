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

/// The service: REST, jobs, and all that they need, put together from its settings.
package struct Weir: Sendable {
    package static let version = "0.1.0"

    private let base: Composition
    let harvests: HarvestService
    private let storage: StorageCheck
    private let fetches: FetchStack

    var limits: any LimitBackend { base.limits }
    var control: LimitsControl { base.control }
    var metrics: PrometheusRegistry { base.metrics }
    private var settings: Settings { base.settings }
    private var folder: DataFolder { base.folder }
    var logger: Logger { base.logger }

    /// - Throws: ``SettingsError``, ``DocumentProblems``, and what opening the data folder throws.
    package init(settings given: Settings, metrics: PrometheusRegistry, logger: Logger) async throws {
        base = try await Composition(given, metrics: metrics, logger: logger)
        let (settings, folder, limits) = (base.settings, base.folder, base.limits)
        storage = StorageCheck(folder, [folder.limits, folder.manifest])
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
        metrics.observe(fetches.cache)
        metrics.observe(manifest)
    }

    /// Serves until SIGTERM or SIGINT, then lets what runs come to an end for at most ten seconds.
    package func serve() async throws {
        let server = Listening(server: application, host: settings.host, port: settings.port)
        try await run([harvests, server, fetches.refreshes] + base.serving)
    }

    /// Runs one job in this process and returns it when it has ended; SIGINT and SIGTERM cancel it.
    package func harvest(_ request: JobRequest, progress: any HarvestProgress) async throws -> Job {
        let session = HarvestSession(
            request: request, harvests: harvests, progress: progress, logger: logger, manifestFile: manifestFile)
        try await run([session, fetches.refreshes])
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
            limits: limits, manifest: harvests.manifest, metrics: metrics, storage: storage
        ).addRoutes(to: routes)
        TokensController(limits: limits).addRoutes(to: routes)
        LeasesController(limits: limits).addRoutes(to: routes)
        UsageController(limits: limits).addRoutes(to: routes)
        LimitsController(control: control).addRoutes(to: routes)
        InstancesController(limits: limits, instance: base.instance, started: base.started).addRoutes(
            to: routes)
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

    private func run(_ services: [any Service]) async throws {
        if let memory = base.memory {
            // A restart is no way around the limits: what was requested before it still counts.
            let longest = memory.table().document.longestInterval
            memory.recall(try await harvests.manifest.requests(since: memory.now().advanced(by: -longest)))
        }
        try await base.run(services, fetches)
    }

    /// Lets the connections to upstreams go; nothing can be fetched any more.
    func close() async throws {
        try await fetches.close()
    }
}
