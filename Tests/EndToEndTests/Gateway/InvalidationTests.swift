import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import ScriptedOrigin
import Testing

@Suite("RFC 9111, section 4.4: invalidation", .site, .timeLimit(.minutes(2)))
struct InvalidationTests {
    private static let unsafe: [HTTPMethod] = [
        .POST, .PUT, .PATCH, .DELETE, .PROPPATCH, .RAW(value: "M-SEARCH"), .LINK,
    ]

    /// Answers GET with how often it was asked, and anything else as scripted.
    private static func resource(_ other: ScriptedAnswer) throws -> Resource {
        try Site.here.resource { request, number in
            request.method == .GET
                ? .ok("\(number)", ["Cache-Control": "max-age=6000", "ETag": "\"\(number)\""]) : other
        }
    }

    /// Whether a GET still gets what was stored before.
    private static func expect(_ resource: Resource, isStored: Bool, after reply: Reply) async throws {
        let next = try await resource.get()
        #expect(next.forwarded.isEmpty == isStored, "after \(reply)\n\(next)")
        #expect((next.text == "1") == isStored, "after \(reply)\n\(next)")
    }

    @Test("follows every unsafe method that succeeds", arguments: unsafe, [200, 201, 204, 301, 303])
    func success(method: HTTPMethod, status: Int) async throws {
        let resource = try Self.resource(ScriptedAnswer(status))
        _ = try await resource.get()
        let reply = try await resource.send(method, body: .bytes(.init(string: "x")))
        #expect(reply.status == status && reply.forwarded.map(\.method.rawValue) == [Self.atOrigin(method)], "\(reply)")
        try await Self.expect(resource, isStored: false, after: reply)
    }

    /// NIO, which reads for the scripted origin, has a name of its own for `M-SEARCH`.
    private static func atOrigin(_ method: HTTPMethod) -> String {
        method.rawValue == "M-SEARCH" ? HTTPMethod.MSEARCH.rawValue : method.rawValue
    }

    @Test("does not follow a failure", arguments: unsafe, [400, 404, 409, 500, 503])
    func failure(method: HTTPMethod, status: Int) async throws {
        let resource = try Self.resource(ScriptedAnswer(status))
        _ = try await resource.get()
        let reply = try await resource.send(method, body: .bytes(.init(string: "x")))
        #expect(reply.status == status && reply.forwarded.count == 1, "\(reply)")
        try await Self.expect(resource, isStored: true, after: reply)
    }

    @Test(
        "does not follow a safe method",
        arguments: [HTTPMethod.HEAD, .OPTIONS, .PROPFIND, .REPORT, .SEARCH, .RAW(value: "QUERY")])
    func safe(method: HTTPMethod) async throws {
        let resource = try Self.resource(.ok("", ["Cache-Control": "no-store", "ETag": "\"1\""]))
        _ = try await resource.get()
        let reply = try await resource.send(method)
        try await Self.expect(resource, isStored: true, after: reply)
    }

    @Test("takes all variants")
    func variants() async throws {
        let resource = try Site.here.resource { request, number in
            .ok("\(number)", ["Cache-Control": "max-age=6000", "Vary": "X-A"])
        }
        for value in ["1", "2"] { _ = try await resource.get(["X-A": value]) }
        let reply = try await resource.send(.POST)
        for value in ["1", "2"] {
            let next = try await resource.get(["X-A": value])
            #expect(next.forwarded.count == 1, "after \(reply)\n\(next)")
        }
    }

    @Test("takes what is on its way, and keeps what is requested afterwards")
    func underWay() async throws {
        let gate = Gate()
        let resource = try Site.here.resource { request, number in
            guard request.method == .GET else { return .ok() }
            let answer = ScriptedAnswer.ok("\(number)", ["Cache-Control": "max-age=6000"])
            return number == 1 ? answer.held(until: gate) : answer
        }
        async let first = resource.get()
        _ = try await resource.site.origin.requests(to: resource.path, atLeast: 1)
        _ = try await resource.send(.POST)
        gate.open()
        #expect(try await first.text == "1")
        for _ in 1...2 {
            let next = try await resource.get()
            #expect(next.text == "3", "\(next)")
        }
    }

    @Test("takes no other query than the one that was asked for")
    func queries() async throws {
        let resource = try Self.resource(.ok())
        _ = try await resource.get(query: "?a=1")
        _ = try await resource.send(.POST, query: "?a=2")
        let next = try await resource.get(query: "?a=1")
        #expect(next.forwarded.isEmpty, "\(next)")
    }

    @Test(
        "takes what Location and Content-Location name at the same origin",
        arguments: ["Location", "Content-Location"], [false, true])
    func locations(field: String, isAbsolute: Bool) async throws {
        let site = try Site.here
        let target = try Self.resource(.ok())
        let url = (isAbsolute ? site.origin.url : "") + target.path
        let source = try Self.resource(ScriptedAnswer(201, "", [field: url]))
        _ = try await target.get()
        let reply = try await source.send(.POST)
        #expect(reply.status == 201, "\(reply)")
        try await Self.expect(target, isStored: false, after: reply)
    }

    @Test("resolves a Location that is relative to the path")
    func relativeLocation() async throws {
        let target = try Self.resource(.ok())
        let name = target.path.split(separator: "/").last.map(String.init) ?? ""
        let source = try Self.resource(ScriptedAnswer(201, "", ["Location": name]))
        _ = try await target.get()
        let reply = try await source.send(.POST)
        try await Self.expect(target, isStored: false, after: reply)
    }

    @Test(
        "leaves other origins alone, and what a failure names",
        arguments: ["Location", "Content-Location"],
        [("http://other.example", 201), ("http://127.0.0.1:1", 201), ("https://127.0.0.1", 201), ("", 409)])
    func elsewhere(field: String, origin: (String, Int)) async throws {
        let target = try Self.resource(.ok())
        let source = try Self.resource(ScriptedAnswer(origin.1, "", [field: origin.0 + target.path]))
        _ = try await target.get()
        let reply = try await source.send(.POST)
        #expect(reply.status == origin.1, "\(reply)")
        try await Self.expect(target, isStored: true, after: reply)
    }

    @Test("does not follow an answer to GET")
    func locationOfGet() async throws {
        let target = try Self.resource(.ok())
        let source = try Site.here.resource(ScriptedAnswer(200, "", ["Content-Location": target.path]))
        _ = try await target.get()
        let reply = try await source.get()
        try await Self.expect(target, isStored: true, after: reply)
    }
}
