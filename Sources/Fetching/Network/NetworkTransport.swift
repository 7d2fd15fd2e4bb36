import AsyncHTTPClient
import HTTPCaching
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1
import NIOSSL

/// The bottom of the stack: one exchange with the network by AsyncHTTPClient, redirects not followed.
package struct NetworkTransport: Transport {
    private let clients: UpstreamClients
    /// `nil` where requests go to one place only, which somebody chose.
    private let addresses: AddressGuard?
    /// `nil` where requests are somebody else's, whose fields stay as they are.
    private let userAgent: String?

    /// Bytes that the fields of a response may have.
    static let maximumFieldBytes = 64 << 10
    /// RFC 9110, section 15: three digits. HTTP/2 hands over whatever number came.
    private static let statuses = 200...999

    /// - Parameter addresses: as the clients were made with.
    package init(clients: UpstreamClients, addresses: AddressGuard?, userAgent: String?) {
        self.clients = clients
        self.addresses = addresses
        self.userAgent = userAgent
    }

    package func withResponse<Result: Sendable>(
        to request: FetchRequest,
        _ consume: @escaping @Sendable (FetchResponse) async throws -> Result
    ) async throws -> Result {
        let (client, isProxied) = clients.client(for: request.address)
        try await addresses?.check(host: request.address.host, looksUp: !isProxied)
        // Where to connect; what to ask for there is for ``RequestTarget``.
        var outgoing = HTTPClientRequest(url: "\(request.address.origin)/")
        outgoing.method = Self.method(request.method)
        outgoing.headers = HTTPHeaders(fields(of: request))
        outgoing.headers.replaceOrAdd(name: RequestTarget.field, value: request.address.target)
        outgoing.body = request.body.map(Self.body)
        let number = request.onInterim.flatMap { clients.interim?.begin($0) }
        defer { if let number { clients.interim?.end(number) } }
        if let number, let field = clients.interim?.field { outgoing.headers.add(name: field, value: String(number)) }
        let response: HTTPClientResponse
        do {
            response = try await client.execute(outgoing, timeout: TimeAmount(max(.milliseconds(1), request.timeLeft)))
        } catch {
            throw Self.named(error, duringBody: false)
        }
        guard let code = Int(exactly: response.status.code), Self.statuses.contains(code) else {
            throw FetchError.undecodable("its status \(response.status.code) is none of HTTP's")
        }
        // Those of the connection end here, before anybody adds fields that the origin knows nothing of.
        var headers = ConnectionFields.removed(fromResponse: HTTPFields(response.headers, splitCookie: false))
        guard headers.reduce(0, { $0 + $1.name.rawName.utf8.count + $1.value.utf8.count }) <= Self.maximumFieldBytes
        else {
            throw FetchError.fieldsTooLarge(limit: Self.maximumFieldBytes)
        }
        let status = HTTPResponse.Status(code: code)
        var body = FetchBody(NamedErrors(base: response.body))
        // Where there is no body, its coding is nobody's trouble.
        let hasBody = request.method != .head && status != .noContent && status != .notModified
        if userAgent != nil,
            let coding = hasBody ? try ContentCoding.ofBody(headers) : try? ContentCoding.ofBody(headers)
        {
            Self.describeDecoded(&headers)
            body = FetchBody(DecodedBody(base: NamedErrors(base: response.body), coding: coding))
        }
        return try await consume(
            FetchResponse(status: status, headers: headers, body: body, address: request.address))
    }

    /// NIO reads `M-SEARCH` as a method of its own, and would write that one as a word that no server knows.
    private static func method(_ method: HTTPRequest.Method) -> HTTPMethod {
        let method = HTTPMethod(method)
        return method == .MSEARCH ? .RAW(value: "M-SEARCH") : method
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

    /// Leaves out what is true of the compressed bytes only.
    private static func describeDecoded(_ headers: inout HTTPFields) {
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
