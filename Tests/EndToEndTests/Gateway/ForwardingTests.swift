import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import ScriptedOrigin
import Testing

@Suite("what a gateway passes on (RFC 9110, section 7)", .site, .timeLimit(.minutes(2)))
struct ForwardingTests {
    @Test(
        "requests with their bodies",
        arguments: [HTTPMethod.POST, .PUT, .PATCH, .DELETE, .PROPPATCH], ["", "x=1&y=2"])
    func bodies(method: HTTPMethod, body: String) async throws {
        let resource = try Site.here.resource(ScriptedAnswer(202, "taken", ["X-Id": "7"]))
        let reply = try await resource.send(
            method, ["Content-Type": "text/x-dam"], query: "?q=1", body: .bytes(ByteBuffer(string: body)))
        #expect(reply.status == 202 && reply.text == "taken" && reply["X-Id"] == "7", "\(reply)")
        let request = try #require(reply.forwarded.first, "\(reply)")
        #expect(request.method == method && request.target == resource.path + "?q=1", "\(reply)")
        #expect(request["Content-Type"] == "text/x-dam" && String(buffer: request.body) == body, "\(reply)")
    }

    @Test("requests without a body, without one")
    func noBody() async throws {
        let reply = try await Site.here.resource(.ok()).get()
        let request = try #require(reply.forwarded.first, "\(reply)")
        #expect(request["Transfer-Encoding"] == nil && [nil, "0"].contains(request["Content-Length"]), "\(reply)")
    }

    @Test(
        "targets letter by letter", arguments: ["?q=a%20b&c=%C3%A9", "?a=%2F..%2f;b=1", "?a=+&b=*'()~", "/a%2Fb/;c=1"])
    func targets(rest: String) async throws {
        let site = try Site.here
        let resource = site.resource(.ok("first"))
        _ = try await resource.get(query: rest)
        #expect(site.origin.requests.contains { $0.target == resource.path + rest }, "\(resource.asked)")
    }

    /// Section 7.6.1, and 7.2 for the host.
    @Test("fields for the origin, but not those of the connection")
    func requestFields() async throws {
        let resource = try Site.here.resource(.ok())
        let reply = try await resource.get([
            "Connection": "X-One, keep-alive", "X-One": "1", "Keep-Alive": "timeout=5", "Proxy-Connection": "x",
            "TE": "trailers", "Upgrade": "x-dam", "X-Kept": "yes", "X-Lines": "1", "X-Lines": "2",
            "User-Agent": "dam/1", "Cookie": "a=1", "Accept": "text/x-dam",
        ])
        let request = try #require(reply.forwarded.first, "\(reply)")
        for name in ["X-One", "Keep-Alive", "Proxy-Connection", "TE", "Upgrade"] {
            #expect(request[name] == nil, "\(name): \(reply)")
        }
        #expect(request["Connection"]?.contains("X-One") != true, "\(reply)")
        #expect(request["X-Kept"] == "yes" && request["X-Lines"] == "1, 2" && request["Cookie"] == "a=1", "\(reply)")
        #expect(request["User-Agent"] == "dam/1" && request["Accept"] == "text/x-dam", "\(reply)")
        #expect(request["Host"] == "127.0.0.1:\(resource.site.origin.port)", "\(reply)")
    }

    /// Section 7.6.3.
    @Test("its own name, behind those that are there")
    func via() async throws {
        let resource = try Site.here.resource(.ok("first", ["Cache-Control": "max-age=6000", "Via": "1.1 inner"]))
        let first = try await resource.get(["Via": "1.0 outer"])
        let up = try #require(first.forwarded.first?["Via"], "\(first)")
        #expect(up.wholeMatch(of: /1\.0 outer, 1\.1 [^,]+/) != nil, "\(first)")
        for reply in [first, try await resource.get()] {
            let down = try #require(reply["Via"], "\(reply)")
            #expect(down.wholeMatch(of: /1\.1 inner, 1\.1 [^,]+/) != nil, "\(reply)")
        }
        let plain = try await Site.here.resource(.ok()).get()
        #expect(plain["Via"]?.hasPrefix("1.1 ") == true, "\(plain)")
        #expect(plain.forwarded.first?["Via"]?.hasPrefix("1.1 ") == true, "\(plain)")
    }

    @Test("fields in UTF-8, unchanged in both directions; the README says what becomes of other octets")
    func unicode() async throws {
        let resource = try Site.here.resource(.ok("", ["X-Name": "Grüße, 世界"]))
        let reply = try await resource.get(["X-Place": "Zürich"])
        #expect(reply["X-Name"] == "Grüße, 世界", "\(reply)")
        #expect(reply.forwarded.first?["X-Place"] == "Zürich", "\(reply)")
        let latin = Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Name: a".utf8) + [0xFC] + Array("b\r\n\r\n".utf8)
        let other = try await Site.here.resource(.ok().delivered(.raw(ByteBuffer(bytes: latin)))).get()
        #expect(other.status == 200 && other["X-Name"] == "a\u{FFFD}b", "\(other)")
    }

    @Test(
        "answers of every status, unchanged", arguments: [200, 201, 302, 307, 400, 401, 403, 404, 418, 429, 500, 503])
    func statuses(status: Int) async throws {
        let headers: KeyValuePairs = [
            "Content-Type": "text/x-dam", "Location": "/elsewhere", "X-Id": "7",
            "WWW-Authenticate": "Basic realm=\"x\"",
        ]
        let reply = try await Site.here.resource(ScriptedAnswer(status, "as it is", headers)).get()
        #expect(reply.status == status && reply.text == "as it is" && reply.forwarded.count == 1, "\(reply)")
        for (name, value) in headers { #expect(reply[name] == value, "\(name): \(reply)") }
    }

    @Test("answers of every shape")
    func shapes() async throws {
        let site = try Site.here
        let hints = "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"
        let answers: [ScriptedAnswer] = [
            .ok().delivered(.chunked(["0123", "456789"])), .ok("0123456789").delivered(.bytewise),
            .raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789"),
            .raw("HTTP/1.0 200 OK\r\n\r\n0123456789"),
            .raw(hints + "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789"),
        ]
        for answer in answers {
            let reply = try await site.resource(answer).get()
            #expect(reply.status == 200 && reply.text == "0123456789" && reply["Link"] == nil, "\(reply)")
        }
    }

    static let size = 48 << 20

    @Test("large answers", arguments: ["no-store", "max-age=6000"])
    func largeAnswer(control: String) async throws {
        let resource = try Site.here.resource(.large(bytes: Self.size, ["Cache-Control": control]))
        let reply = try await resource.get()
        #expect(reply.status == 200 && reply.body.readableBytes == Self.size, "\(reply.status)")
        #expect(GeneratedBytes.matches(reply.body))
    }

    @Test("large requests", arguments: [true, false])
    func largeRequest(isSizeKnown: Bool) async throws {
        let resource = try Site.here.resource { request, _ in
            .ok("\(request.body.readableBytes) \(GeneratedBytes.matches(request.body))")
        }
        let offset = Shared(0)
        let pieces = AsyncStream<ByteBuffer> {
            let piece = GeneratedBytes.piece(at: offset.value, upTo: Self.size)
            offset.value += piece.readableBytes
            return piece.readableBytes > 0 ? piece : nil
        }
        let reply = try await resource.send(
            .POST, body: .stream(pieces, length: isSizeKnown ? .known(Int64(Self.size)) : .unknown))
        #expect(reply.text == "\(Self.size) true", "\(reply.status)")
    }

    /// The origin would go on for ever; what nobody reads any more is not fetched any more.
    @Test("nothing to a client that has left")
    func leaving() async throws {
        let site = try await Site.serving()
        let resource = site.resource(ScriptedAnswer.ok("", ["Cache-Control": "no-store"]).delivered(.endless))
        let reading = Task {
            var received = 0
            for try await piece in try await resource.open().body {
                received += piece.readableBytes
                if received > 1 << 20 { return }
            }
        }
        try await reading.value
        while site.origin.openConnections > 0 { await Task.yield() }
    }
}
