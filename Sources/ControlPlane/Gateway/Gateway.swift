import Fetching
import Foundation
import HummingbirdCore
package import Logging
import NIOCore
import NIOPosix
import RateLimiting
import ServiceLifecycle

/// A caching, limiting reverse proxy in front of one API, for clients that can change nothing but a base URL.
package struct Gateway: Sendable {
    private let settings: Settings
    private let origin: GatewayOrigin
    private let isShared: Bool
    private let storesCookies: Bool
    private let control: ListenAddress?
    private let metrics: PrometheusRegistry
    private let logger: Logger

    /// - Parameters:
    ///   - origin: base URL of the API, which may be wherever it is: the addresses of its host are always allowed.
    ///   - isShared: whether what one client got may answer another.
    ///   - storesCookies: whether a shared cache stores `Set-Cookie` where the origin allows it.
    ///   - control: where operators are answered, if anywhere.
    /// - Throws: ``SettingsError`` for an origin that is none.
    package init(
        settings: Settings, origin: String, isShared: Bool, storesCookies: Bool,
        control: ListenAddress?,
        metrics: PrometheusRegistry, logger: Logger
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
        self.metrics = metrics
        self.logger = logger
    }

    /// Serves until SIGTERM or SIGINT.
    package func serve() async throws {
        let base = try await Composition(settings, metrics: metrics, logger: logger)
        let fetches = try FetchStack(
            base.settings, passingOnFrom: origin.base,
            caching: base.settings.cache.policies(isShared: isShared, storesCookies: storesCookies),
            cache: base.folder.cache, limits: base.limits, logger: logger)
        metrics.observe(fetches.cache)
        let responder = GatewayResponder(origin: origin, transport: fetches.single, limits: base.limits)
        var services: [any Service] = [
            Listening(
                server: server(responder), host: settings.host, port: settings.port,
                settings: (host: "--listen", port: "--listen")),
            fetches.refreshes,
        ]
        if let control {
            services.append(GatewayControl(base, cache: fetches.cache).server(at: control))
        }
        try await base.run(services + base.serving, fetches)
    }

    private func server(_ responder: GatewayResponder) -> any Service {
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
