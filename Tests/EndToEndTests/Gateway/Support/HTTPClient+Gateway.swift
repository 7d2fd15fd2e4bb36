import AsyncHTTPClient
import NIOCore

extension HTTPClient {
    /// What most tests ask with; their many cases share few connections.
    static let few = gatewayClient(connections: 16)
    /// For requests that are to be under way at the same time.
    static let crowd = gatewayClient(connections: 256)

    /// Redirects are shown, not followed.
    private static func gatewayClient(connections: Int) -> HTTPClient {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = .seconds(60)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}
