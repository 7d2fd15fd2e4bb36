package import AsyncHTTPClient
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOHTTPTypesHTTP1
import NIOSSL

/// The bottom of the stack: one exchange with the network by AsyncHTTPClient, redirects not followed.
package struct NetworkTransport: Transport {
    private let client: HTTPClient
    /// `nil` where requests go to one place only, which somebody chose.
    private let addresses: AddressGuard?
    /// `nil` where requests are somebody else's, whose fields stay as they are.
    private let userAgent: String?
    private let isProxied: Bool

    /// Bytes that the fields of a response may have.
    static let maximumFieldBytes = 64 << 10

    /// - Parameter addresses: as the client was made with.
    package init(client: HTTPClient, addresses: AddressGuard?, isProxied: Bool, userAgent: String?) {
        self.client = client
        self.addresses = addresses
        self.isProxied = isProxied
        self.userAgent = userAgent
    }

    package func withResponse<Result: Sendable>(
        to request: FetchRequest,
        _ consume: @escaping @Sendable (FetchResponse) async throws -> Result
    ) async throws -> Result {
        try await addresses?.check(host: request.address.host, looksUp: !isProxied)
        var outgoing = HTTPClientRequest(url: request.address.text)
        outgoing.method = HTTPMethod(request.method)
        outgoing.headers = HTTPHeaders(fields(of: request))
        outgoing.body = request.body.map(Self.body)
        let response: HTTPClientResponse
        do {
            response = try await client.execute(outgoing, timeout: TimeAmount(max(.milliseconds(1), request.timeLeft)))
        } catch {
            throw Self.named(error, duringBody: false)
        }
        var headers = HTTPFields(response.headers, splitCookie: false)
        guard headers.reduce(0, { $0 + $1.name.rawName.utf8.count + $1.value.utf8.count }) <= Self.maximumFieldBytes
        else {
            throw FetchError.fieldsTooLarge(limit: Self.maximumFieldBytes)
        }
        if userAgent != nil { Self.describeDecoded(&headers) }
        return try await consume(
            FetchResponse(
                status: HTTPResponse.Status(code: Int(response.status.code)),
                headers: headers,
                body: FetchBody(NamedErrors(base: response.body)),
                address: request.address))
    }

    private func fields(of request: FetchRequest) -> HTTPFields {
        guard let userAgent else { return request.headers }
        var fields = request.headers
        if !fields.contains(.userAgent) { fields[.userAgent] = userAgent }
        if !fields.contains(.accept) { fields[.accept] = request.role.accept }
        // What a file is hashed and resumed by are the bytes that are stored.
        fields[.acceptEncoding] = request.role == .artifact ? "identity" : "gzip, deflate"
        return fields
    }

    /// The client decompresses, but leaves the fields as they were for the compressed bytes.
    private static func describeDecoded(_ headers: inout HTTPFields) {
        guard let coding = headers[.contentEncoding]?.lowercased(), coding == "gzip" || coding == "deflate" else {
            return
        }
        headers[.contentEncoding] = nil
        headers[.contentLength] = nil
        // The same content in other bytes (RFC 9110, section 8.8.3.3).
        if let tag = headers[.eTag], !tag.hasPrefix("W/") { headers[.eTag] = "W/\(tag)" }
    }

    private static func body(_ body: FetchRequestBody) -> HTTPClientRequest.Body {
        switch body {
        case .bytes(let buffer): .bytes(buffer)
        case .stream(let bytes, let length): .stream(bytes, length: length.map { .known($0) } ?? .unknown)
        }
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
        case NIOHTTPDecompression.DecompressionError.limit:
            return FetchError.undecodable("its body grows to more than \(HTTPClient.largestGrowth) times its size")
        case is NIOHTTPDecompression.DecompressionError, is NIOHTTPDecompression.ExtraDecompressionError:
            return FetchError.undecodable("\(error)")
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
    /// Compressed text shrinks to a hundredth at best; only bombs grow by more.
    fileprivate static let largestGrowth = 100

    /// A client made for the stack: no redirects of its own, no limit of its own below the limiter's.
    ///
    /// - Parameters:
    ///   - proxy: an HTTP proxy that all requests go through.
    ///   - addresses: what connections may lead to, where there is no proxy; `nil` is anywhere.
    ///   - decompresses: `false` for bodies that are passed on as they are.
    package static func upstream(
        proxy: (host: String, port: Int)?, addresses: AddressGuard?, decompresses: Bool = true
    ) -> HTTPClient {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(10)
        configuration.timeout.read = .seconds(60)
        // Permission is granted before a connection is asked for: the pool must not delay it a second time.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1024
        configuration.connectionPool.idleTimeout = .seconds(30)
        // Whether to try again is decided above.
        configuration.connectionPool.retryConnectionEstablishment = false
        if decompresses { configuration.decompression = .enabled(limit: .ratio(largestGrowth)) }
        if let proxy {
            configuration.proxy = .server(host: proxy.host, port: proxy.port)
        } else if let addresses {
            configuration.http1_1ConnectionDebugInitializer = { addresses.check($0) }
            configuration.http2ConnectionDebugInitializer = { addresses.check($0) }
        }
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}
