import Fetching
import Foundation
import HummingbirdCore
package import Logging
import NIOCore
import NIOPosix
import RateLimiting
import ServiceLifecycle
import UnixSignals

/// A caching, limiting reverse proxy in front of one API, for clients that can change nothing but a base URL.
package struct Gateway: Sendable {
    private let settings: Settings
    private let origin: GatewayOrigin
    private let isShared: Bool
    private let storesCookies: Bool
    private let control: ListenAddress?
    private let logger: Logger

    /// Bytes of all stored bodies together.
    private static let cacheBytes: Int64 = 1 << 30

    /// - Parameters:
    ///   - origin: base URL of the API, which may be wherever it is: the addresses of its host are always allowed.
    ///   - isShared: whether what one client got may answer another.
    ///   - storesCookies: whether a shared cache stores `Set-Cookie` where the origin allows it.
    ///   - control: where operators are answered, if anywhere.
    /// - Throws: ``SettingsError`` for an origin that is none.
    package init(
        settings: Settings, origin: String, isShared: Bool, storesCookies: Bool, control: ListenAddress?, logger: Logger
    ) throws {
        guard SettingsReader.baseURL(origin) != nil,
            let origin = try? GatewayOrigin(parsing: origin, host: settings.host)
        else {
            let form = "must be an http or https URL such as https://api.example.org, without a user or a query"
            throw SettingsError("--origin", origin.contains("://") ? form : "\(form); what is given has no scheme")
        }
        self.settings = settings
        self.origin = origin
        self.isShared = isShared
        self.storesCookies = storesCookies
        self.control = control
        self.logger = logger
    }

    /// Serves until SIGTERM or SIGINT.
    package func serve() async throws {
        let folder = try DataFolder(path: settings.data)
        let history = try LimitsHistory(in: folder, logger: logger)
        let watch = FileWatch(read: settings.limits.file.flatMap(FileFingerprint.init))
        let opened = try await OpenedLimits.open(
            settings, history: history, as: .running(at: settings.port), logger: logger
        ) { _ in }
        let limits = opened.limits
        let control = LimitsControl(opened.start, history: history, limits: limits, logger: logger)
        let store = try CacheStore(folder: folder.cache, maximumBytes: Self.cacheBytes, logger: logger)
        let refreshes = BackgroundWork()
        let addresses = AddressGuard(settings.allowedAddresses, trusting: origin.base.host)
        let clients = UpstreamClients(
            proxies: settings.proxies, roots: settings.trustedRoots, addresses: addresses, passesOn: true)
        let network = NetworkTransport(clients: clients, addresses: addresses, userAgent: nil)
        let transport = DeadlineLayer(
            EventLayer(
                logger,
                BodyLimitLayer(
                    CacheLayer(
                        store, CachePolicies(isShared: isShared, storesCookies: storesCookies),
                        time: LimiterClock(ContinuousClock(), wallClock: .wallClock), refreshes: refreshes,
                        LimitLayer(limits, MetricsLayer(network))))))
        let responder = GatewayResponder(origin: origin, transport: transport, limits: limits)
        var services: [any Service] = [
            Listening(
                server: server(responder), host: settings.host, port: settings.port,
                settings: (host: "--listen", port: "--listen")), refreshes,
            StoppingLimits(limits: limits), LimitsSignalReloading(control: control),
        ]
        if let address = self.control {
            let operators = GatewayControl(
                limits: limits, control: control, cache: store, storage: StorageCheck(folder, [folder.limits]))
            services.append(operators.server(at: address, logger: logger))
        }
        if case .shared(let shared) = opened.backend {
            services.insert(LimitsFollowing(shared: shared, control: control), at: 0)
        }
        if let file = settings.limits.file {
            services.append(LimitsFileReloading(control: control, file: file, watch: watch))
        }
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(
                try await ServiceGroup.run(services, until: [.sigterm, .sigint], logger: logger))
        } catch {
            outcome = .failure(error)
        }
        await refreshes.settle()
        try await clients.shutdown()
        try outcome.get()
    }

    private func server(_ responder: GatewayResponder<some Transport>) -> any Service {
        ServerChannel(
            refusal: { problem in
                Problem(status: problem.status, reason: problem.name, detail: problem.detail).response()
            },
            responder: { request, writer, channel in
                try await responder.respond(to: request, with: writer, on: channel)
            }
        ).server(
            configuration: ServerConfiguration(address: .hostname(settings.host, port: settings.port)),
            onServerRunning: { [logger, settings, origin] channel in
                let port = channel.localAddress?.port ?? settings.port
                logger.notice(
                    "listening",
                    metadata: [
                        "stage": "gateway", "url": "\(ListenAddress.url(settings.host, port))",
                        "origin": "\(origin.base.text)",
                    ])
            },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger)
    }
}
