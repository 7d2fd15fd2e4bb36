import HTTPTypes
import NIOHTTP1
import NIOHTTPTypesHTTP1

extension HTTPRequest {
    /// The request that a head stands for. Its scheme is `nil` unless the client named it, with the authority that it wants.
    ///
    /// - Throws: ``Problem`` where HTTP does not allow such a request, or nothing here supports it.
    init(checking head: HTTPRequestHead) throws(Problem) {
        guard let method = try? Method(head.method) else {
            throw Problem(.malformedRequest, "the request's method is not a token")
        }
        guard method != .connect else { throw Problem(.notImplemented, "CONNECT is not supported") }
        let target = try RequestTarget(parsing: head.uri, of: method)
        let host = try head.host
        try head.checkFraming()
        try head.checkExpectation()
        self.init(
            method: method, scheme: target.scheme, authority: target.authority ?? host, path: target.path,
            headerFields: HTTPFields(head.headers, splitCookie: false))
    }
}

extension HTTPRequestHead {
    private var isOld: Bool { version == .http1_0 }

    /// Whether the connection ends after the response.
    var endsConnection: Bool {
        // A request for another protocol ends the parsing of this one, whether the other is spoken or not.
        isOld || !isKeepAlive || headers.contains(name: "Upgrade")
    }

    /// RFC 9110, section 10.1.1: an HTTP/1.0 client does not know the interim response.
    var expectsContinue: Bool { !isOld && headers.contains(name: "Expect") }

    /// RFC 9112, section 3.2.
    fileprivate var host: String? {
        get throws(Problem) {
            let hosts = headers["Host"]
            guard hosts.count == 1 || hosts.isEmpty && isOld else {
                throw Problem(.malformedRequest, "the request must have one Host field, not \(hosts.count)")
            }
            guard let host = hosts.first else { return nil }
            guard host.utf8.allSatisfy(Self.isPartOfAuthority) else {
                throw Problem(.malformedRequest, "Host must be a host, with a port where it needs one")
            }
            return host
        }
    }

    private static func isPartOfAuthority(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: "-._~!$&'()*+,;=:[]%".utf8.contains(byte)
        }
    }

    /// RFC 9112, section 6.1: the framing must mean the same to everybody who reads the request.
    fileprivate func checkFraming() throws(Problem) {
        let codings = headers["Transfer-Encoding"]
        guard !codings.isEmpty else { return }
        guard !isOld, !headers.contains(name: "Content-Length") else {
            throw Problem(
                .malformedRequest, "Transfer-Encoding goes with neither HTTP/1.0 nor Content-Length")
        }
        guard codings.count == 1, codings[0].lowercased() == "chunked" else {
            throw Problem(.notImplemented, "Transfer-Encoding can be chunked only")
        }
    }

    /// RFC 9110, section 10.1.1.
    fileprivate func checkExpectation() throws(Problem) {
        guard headers["Expect"].allSatisfy({ $0.lowercased() == "100-continue" }) else {
            throw Problem(.expectationFailed, "Expect can be 100-continue only")
        }
    }
}

extension Problem {
    /// About bytes that are no request.
    init(_ error: HTTPParserError) {
        switch error {
        case .headerOverflow:
            self.init(
                .fieldsTooLarge, "target and fields can have \(ServerChannel.maximumHeadBytes) bytes together")
        default:
            self.init(.malformedRequest, "the request is not valid HTTP/1.1: \(error)")
        }
    }
}
