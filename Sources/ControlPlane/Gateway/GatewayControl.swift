import Fetching
import Hummingbird
import Logging
import RateLimiting
import ServiceLifecycle

/// What operators ask of a gateway, at an address of its own that clients of the API need not reach: health, metrics, usage,
/// leases, pauses, limits and the cache, as the service answers them.
struct GatewayControl: Sendable {
    private let base: Composition
    private let cache: CacheStore
    private let storage: StorageCheck

    init(_ base: Composition, cache: CacheStore) {
        self.base = base
        self.cache = cache
        storage = StorageCheck(base.folder, [base.folder.limits])
    }

    func server(at address: ListenAddress) -> any Service {
        Listening(
            server: Application(
                router: router,
                server: .api,
                configuration: .init(address: .hostname(address.host, port: address.port), serverName: "weir"),
                onServerRunning: { [logger = base.logger] channel in
                    let port = channel.localAddress?.port ?? address.port
                    logger.notice(
                        "control is listening",
                        metadata: ["stage": "gateway", "url": "\(ListenAddress.url(address.host, port))"])
                },
                logger: base.logger),
            host: address.host, port: address.port, settings: (host: "--control", port: "--control"))
    }

    private var router: Router<WeirRequestContext> {
        let router = Router(context: WeirRequestContext.self)
        router.addMiddleware {
            RequestLogMiddleware()
            ProblemMiddleware(storage: storage)
        }
        let routes = RouteTable(router: router)
        OperationsController(
            limits: base.limits, manifest: nil, metrics: base.metrics, storage: storage
        ).addRoutes(to: routes)
        UsageController(limits: base.limits).addRoutes(to: routes)
        LeasesController(limits: base.limits).addRoutes(to: routes)
        LimitsController(control: base.control).addRoutes(to: routes)
        InstancesController(limits: base.limits, instance: base.instance, started: base.started)
            .addRoutes(to: routes)
        CacheController(cache: cache).addRoutes(to: routes)
        routes.refuseOtherMethods()
        return router
    }
}
