package import AsyncHTTPClient
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1
import NIOSSL

/// The bottom of the stack: one exchange with the network by AsyncHTTPClient, redirects not followed.
package struct NetworkTransport: Transport {
    private let client: HTTPClient
    private let userAgent: String

    package init(client: HTTPClient, userAgent: String) {
        self.client = client
        self.userAgent = userAgent
    }

    package func withResponse<Result: Sendable>(
        to request: FetchRequest,
        _ consume: @escaping @Sendable (FetchResponse) async throws -> Result
    ) async throws -> Result {
        var outgoing = HTTPClientRequest(url: request.address.text)
        outgoing.headers = HTTPHeaders(request.headers)
        outgoing.headers.add(name: "User-Agent", value: userAgent)
        outgoing.headers.add(name: "Accept", value: request.role.accept)
        let response: HTTPClientResponse
        do {
            response = try await client.execute(outgoing, timeout: TimeAmount(request.timeout))
        } catch {
            throw Self.named(error, duringBody: false)
        }
        return try await consume(
            FetchResponse(
                status: HTTPResponse.Status(code: Int(response.status.code)),
                headers: HTTPFields(response.headers, splitCookie: false),
                body: FetchBody(NamedErrors(base: response.body))
            ))
    }

    /// The client's many errors, as the few that callers tell apart.
    fileprivate static func named(_ error: any Error, duringBody: Bool) -> any Error {
        switch error {
        case is CancellationError, is FetchError:
            return error
        case let error as HTTPClientError:
            switch error {
            case .cancelled: return CancellationError()
            case .deadlineExceeded, .connectTimeout, .readTimeout, .writeTimeout, .getConnectionFromPoolTimeout,
                .httpProxyHandshakeTimeout, .tlsHandshakeTimeout:
                return FetchError.timeout
            case .invalidURL, .emptyHost, .emptyScheme: return FetchError.invalidURL("cannot be sent")
            default: break
            }
            return duringBody ? FetchError.truncated("\(error)") : FetchError.connectError("\(error)")
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            return FetchError.tlsError("\(error)")
        default:
            return duringBody ? FetchError.truncated("\(error)") : FetchError.connectError("\(error)")
        }
    }

    private struct NamedErrors: AsyncSequence, Sendable {
        let base: HTTPClientResponse.Body

        struct AsyncIterator: AsyncIteratorProtocol {
            var base: HTTPClientResponse.Body.AsyncIterator

            @concurrent mutating func next() async throws -> ByteBuffer? {
                do {
                    return try await base.next()
                } catch {
                    throw NetworkTransport.named(error, duringBody: true)
                }
            }
        }

        func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(base: base.makeAsyncIterator())
        }
    }
}

extension HTTPClient {
    /// A client made for the stack: no redirects of its own, no limit of its own below the limiter's.
    ///
    /// - Parameter proxy: an HTTP proxy that all requests go through.
    package static func upstream(proxy: (host: String, port: Int)?) -> HTTPClient {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(10)
        configuration.timeout.read = .seconds(60)
        // Permission is granted before a connection is asked for: the pool must not delay it a second time.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1024
        configuration.connectionPool.idleTimeout = .seconds(30)
        if let proxy { configuration.proxy = .server(host: proxy.host, port: proxy.port) }
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}
