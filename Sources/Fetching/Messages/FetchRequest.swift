package import HTTPTypes
package import NIOCore

/// One request for one URL in one role.
package struct FetchRequest: Sendable {
    package var method: HTTPRequest.Method
    package var address: WebAddress
    package var role: FetchRole
    /// Sent in addition to what role and transport send.
    package var headers: HTTPFields
    package var body: FetchRequestBody?
    /// Bytes of body after which the fetch fails with ``FetchError/payloadTooLarge(limit:)``.
    package var maximumBodyBytes: Int
    /// For the whole exchange, waiting for permission and reading the body included.
    package var timeout: Duration
    /// How long to wait for permission at most; the policy's `max_delay_ms` bounds it, and stands in for `nil`.
    package var maximumLimiterWait: Duration?
    /// How often to ask at most, where asking again may help.
    package var maximumAttempts: Int
    /// Who asks, as leases and events name it.
    package var client: String
    /// Whether it is made for a client of this service, so that what it brings must not answer others where it was meant
    /// for that client alone.
    package var isForOthers: Bool
    /// Told of what the origin says before its answer (1xx), where the transport hears of it.
    package var onInterim: (@Sendable (HTTPResponse) -> Void)?
    /// The least time between two starts at the host, where its robots.txt asks for one.
    var spacing: Duration?
    /// When ``timeout`` ends; set by the ``DeadlineLayer``.
    var deadline: ContinuousClock.Instant?
    /// What the layers find out on the way.
    package var exchange = Exchange()

    package init(
        _ address: WebAddress,
        role: FetchRole,
        method: HTTPRequest.Method = .get,
        headers: HTTPFields = [:],
        body: FetchRequestBody? = nil,
        maximumBodyBytes: Int,
        timeout: Duration,
        maximumLimiterWait: Duration? = nil,
        maximumAttempts: Int = 1,
        client: String = "weir",
        isForOthers: Bool = false
    ) {
        self.method = method
        self.address = address
        self.role = role
        self.headers = headers
        self.body = body
        self.maximumBodyBytes = maximumBodyBytes
        self.timeout = timeout
        self.maximumLimiterWait = maximumLimiterWait
        self.maximumAttempts = maximumAttempts
        self.client = client
        self.isForOthers = isForOthers
    }

    /// What is left until the deadline.
    var timeLeft: Duration { deadline.map { ContinuousClock.now.duration(to: $0) } ?? timeout }

    /// Whether it may be sent twice (RFC 9110, section 9.2.2).
    var isRepeatable: Bool {
        let idempotent: Set<HTTPRequest.Method> = [.get, .head, .put, .delete, .options, .trace]
        if case .stream = body { return false }
        return idempotent.contains(method)
    }

    /// Method and fields, for the rules of caching.
    var head: HTTPRequest {
        HTTPRequest(method: method, scheme: nil, authority: nil, path: nil, headerFields: headers)
    }
}

/// What is sent with a request.
package enum FetchRequestBody: Sendable {
    case bytes(ByteBuffer)
    /// Can be read once.
    case stream(FetchBody, length: Int64?)
}
