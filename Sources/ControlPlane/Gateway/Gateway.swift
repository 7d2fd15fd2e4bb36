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
    private let origin: String
    private let isShared: Bool
    private let control: ListenAddress?
    private let logger: Logger

    /// Bytes of all stored bodies together.
    private static let cacheBytes: Int64 = 1 << 30

    /// - Parameters:
    ///   - origin: base URL of the API; always allowed, wherever it is.
    ///   - isShared: whether what one client got may answer another.
    ///   - control: where operators are answered, if anywhere.
    /// - Throws: ``SettingsError`` for an origin that is none.
    package init(settings: Settings, origin: String, isShared: Bool, control: ListenAddress?, logger: Logger) throws {
        guard let base = SettingsReader.baseURL(origin) else {
            throw SettingsError("origin", "must be a URL such as https://api.example.org, without a user")
        }
        self.settings = settings
        self.origin = base
        self.isShared = isShared
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
        let clients = UpstreamClients(
            proxies: settings.proxies, roots: settings.trustedRoots, addresses: nil)
        let network = NetworkTransport(clients: clients, addresses: nil, userAgent: nil)
        let transport = DeadlineLayer(
            EventLayer(
                logger,
                BodyLimitLayer(
                    CacheLayer(
                        store, CachePolicies(isShared: isShared),
                        time: LimiterClock(ContinuousClock(), wallClock: .wallClock), refreshes: refreshes,
                        LimitLayer(limits, MetricsLayer(network))))))
        let responder = GatewayResponder(origin: origin, transport: transport, limits: limits)
        var services: [any Service] = [
            Listening(server: server(responder), host: settings.host, port: settings.port), refreshes,
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
        try await clients.shutdown()
        try outcome.get()
    }

    private func server(_ responder: GatewayResponder<some Transport>) -> any Service {
        HTTP1Channel(
            responder: { request, writer, channel in
                try await responder.respond(to: request, with: writer, on: channel)
            },
            configuration: .init(additionalChannelHandlers: [ClientPresence()], idleTimeout: .seconds(60))
        ).server(
            configuration: ServerConfiguration(address: .hostname(settings.host, port: settings.port)),
            onServerRunning: { [logger, settings, origin] channel in
                let port = channel.localAddress?.port ?? settings.port
                logger.notice(
                    "listening",
                    metadata: ["stage": "gateway", "url": "http://\(settings.host):\(port)", "origin": "\(origin)"])
            },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger)
    }
}
