import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Serves the simulated hosts on one port, as a proxy and directly.
package struct UpstreamServer: Service {
    private static let idleTimeout = TimeAmount.seconds(120)

    private let configuration: UpstreamConfiguration
    private let upstream: Upstream
    private let onListening: @Sendable (_ port: Int) -> Void

    /// - Parameter onListening: called once, with the port that connections are taken on.
    package init(
        configuration: UpstreamConfiguration, catalog: Catalog, onListening: @escaping @Sendable (_ port: Int) -> Void
    ) throws {
        self.configuration = configuration
        self.onListening = onListening
        upstream = try Upstream(
            catalog: catalog, limits: configuration.limits,
            toleranceMilliseconds: configuration.toleranceMilliseconds, faults: configuration.faults,
            faultsEveryRequest: configuration.faultsEveryRequest,
            robots: configuration.robots)
    }

    /// Runs until it is cancelled or shut down.
    package func run() async throws {
        let upstream = upstream
        let onListening = onListening
        let writer = DeliveryWriter(slowBody: .milliseconds(configuration.slowBodyMilliseconds))
        let channel = ProxyChannel(
            http: HTTP1Channel(
                responder: { request, responseWriter, channel in
                    let request = UpstreamRequest(request.head)
                    try await writer.send(
                        upstream.delivery(for: request), to: request, with: responseWriter, on: channel)
                },
                configuration: .init(
                    additionalChannelHandlers: [ArrivalHandler(upstream: upstream)], idleTimeout: Self.idleTimeout)))
        var logger = Logger(label: "upstream-simulator") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .critical
        let server = channel.server(
            configuration: ServerConfiguration(
                address: .hostname(configuration.address.host, port: configuration.address.port)),
            onServerRunning: { channel in
                if let port = channel.localAddress?.port { onListening(port) }
            },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger)
        try await server.run()
    }
}
