import AsyncHTTPClient
import NIOCore
import NIOSSL

/// The HTTP clients of a process: one for what is reached directly, one for each proxy.
package struct UpstreamClients: Sendable {
    private let direct: HTTPClient
    private let proxied: [Proxy: HTTPClient]
    private let proxies: ProxyRules
    /// `nil` where nobody wants to hear of them.
    let interim: InterimResponses?

    /// - Parameters:
    ///   - addresses: what connections may lead to, where there is no proxy; `nil` is anywhere.
    ///   - passesOn: whether answers are passed on with what comes before them (1xx).
    package init(
        proxies: ProxyRules, roots: TrustedRoots, addresses: AddressGuard?, passesOn: Bool = false
    ) {
        self.proxies = proxies
        let interim = passesOn ? InterimResponses() : nil
        self.interim = interim
        var base = Self.configuration(roots)
        // The only connections that can be read along on.
        if interim != nil { base.httpVersion = .http1Only }
        base.http1_1ConnectionDebugInitializer = { channel in
            channel.eventLoop.makeCompletedFuture { try Self.install(in: channel, interim) }
        }
        var configuration = base
        if let addresses {
            configuration.http1_1ConnectionDebugInitializer = { channel in
                addresses.check(channel).flatMapThrowing { try Self.install(in: channel, interim) }
            }
            configuration.http2ConnectionDebugInitializer = { addresses.check($0) }
        }
        direct = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        proxied = Dictionary(
            uniqueKeysWithValues: proxies.proxies.map { proxy in
                var configuration = base
                configuration.proxy = .server(
                    host: proxy.host, port: proxy.port,
                    authorization: proxy.credentials.map { .basic(username: $0.user, password: $0.password) })
                return (proxy, HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration))
            })
    }

    /// No redirects of the client's own, no limit of its own below the limiter's.
    private static func configuration(_ roots: TrustedRoots) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(10)
        configuration.timeout.read = .seconds(60)
        // Permission is granted before a connection is asked for: the pool must not delay it a second time.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1024
        configuration.connectionPool.idleTimeout = .seconds(30)
        // Whether to try again is decided above.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.http2StreamChannelDebugInitializer = { channel in
            channel.eventLoop.makeCompletedFuture {
                try StatusGuard.install(in: channel)
                try RequestTarget.install(inStream: channel)
            }
        }
        if !roots.certificates.isEmpty {
            var security = TLSConfiguration.makeClientConfiguration()
            security.additionalTrustRoots = [.certificates(roots.certificates)]
            configuration.tlsConfiguration = security
        }
        return configuration
    }

    /// - Parameter channel: an HTTP/1.1 connection with its codec; called on its event loop.
    private static func install(in channel: any Channel, _ interim: InterimResponses?) throws {
        try LocationOctets.install(in: channel)
        try RequestTarget.install(inConnection: channel)
        try interim?.install(in: channel)
        // Placed last, it comes right behind the codec.
        try ConnectionStatusGuard.install(in: channel)
    }

    /// The client for an address, and whether a proxy looks its name up.
    func client(for address: WebAddress) -> (client: HTTPClient, isProxied: Bool) {
        guard let proxy = proxies.proxy(for: address), let client = proxied[proxy] else { return (direct, false) }
        return (client, true)
    }

    /// Lets all connections go; nothing can be fetched any more.
    package func shutdown() async throws {
        for client in [direct] + proxied.values { try await client.shutdown() }
    }
}
