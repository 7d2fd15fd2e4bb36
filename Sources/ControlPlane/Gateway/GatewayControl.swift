import Fetching
import Hummingbird
import Logging
import RateLimiting
import ServiceLifecycle

/// What operators ask of a gateway, at an address of its own that clients of the API need not reach: usage, leases, pauses,
/// limits and the cache, as the service answers them.
struct GatewayControl: Sendable {
    let limits: any LimitBackend
    let control: LimitsControl
    let cache: CacheStore
    let storage: StorageCheck

    func server(at address: ListenAddress, logger: Logger) -> any Service {
        Listening(
            server: Application(
                router: router,
                server: .api,
                configuration: .init(address: .hostname(address.host, port: address.port), serverName: "weir"),
                onServerRunning: { channel in
                    let port = channel.localAddress?.port ?? address.port
                    logger.notice(
                        "control is listening",
                        metadata: ["stage": "gateway", "url": "\(ListenAddress.url(address.host, port))"])
                },
                logger: logger),
            host: address.host, port: address.port, settings: (host: "--control", port: "--control"))
    }

    private var router: Router<WeirRequestContext> {
        let router = Router(context: WeirRequestContext.self)
        router.addMiddleware {
            RequestLogMiddleware()
            ProblemMiddleware(storage: storage)
        }
        let routes = RouteTable(router: router)
        UsageController(limits: limits).addRoutes(to: routes)
        LeasesController(limits: limits).addRoutes(to: routes)
        LimitsController(control: control).addRoutes(to: routes)
        CacheController(cache: cache).addRoutes(to: routes)
        routes.refuseOtherMethods()
        return router
    }
}
