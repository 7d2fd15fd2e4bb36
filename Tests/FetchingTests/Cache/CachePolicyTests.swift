import HTTPTypes
import Testing

@testable import Fetching

@Suite("Policies of the cache") struct CachePolicyTests {
    private let folder = CacheFolder()

    /// How often the upstream is asked by three requests one after the other.
    private func asked(
        _ request: FetchRequest, _ headers: HTTPFields = [:], policies: CachePolicies = CachePolicies(isShared: false)
    ) async throws -> Int {
        let upstream = ScriptedTransport { _, _ in .init(headers: headers, body: "x") }
        let cache = folder.layer(try folder.store(), upstream, policies: policies)
        for _ in 0..<3 {
            var request = request
            request.exchange = Exchange()
            _ = try await cache.fetch(request)
        }
        return upstream.requests.count
    }

    @Test("turn it off for a role, or a host")
    func off() async throws {
        let off = CachePolicy(isEnabled: false)
        let policies = CachePolicies(
            isShared: false, defaults: [.artifact: off], hosts: ["*.b.example": [.landing: off]])
        for (url, role, count) in [
            ("http://a.example/1", FetchRole.artifact, 3), ("http://a.example/2", .landing, 1),
            ("http://x.b.example/", .landing, 3), ("http://x.b.example/", .metadata, 1),
        ] {
            let request = try FetchRequest.to(url, role: role)
            #expect(try await asked(request, [.cacheControl: "max-age=60"], policies: policies) == count, "\(url)")
        }
    }

    @Test("let answers be fresh that do not say for how long, but no errors and nothing that says otherwise")
    func floor() async throws {
        let policies = CachePolicies(isShared: false, defaults: [.metadata: CachePolicy(minimumLifetime: 60)])
        func asked(_ path: String, _ headers: HTTPFields, status: Int = 200) async throws -> Int {
            let upstream = ScriptedTransport { _, _ in .init(status: status, headers: headers, body: "x") }
            let cache = folder.layer(try folder.store(), upstream, policies: policies)
            for _ in 0..<3 { _ = try await cache.fetch(.to("http://a.example/\(path)")) }
            return upstream.requests.count
        }
        #expect(try await asked("silent", [:]) == 1)
        #expect(try await asked("short", [.cacheControl: "max-age=0"]) == 1)
        #expect(try await asked("no-store", [.cacheControl: "no-store"]) == 3)
        #expect(try await asked("no-cache", [.cacheControl: "no-cache"]) == 3)
        #expect(try await asked("missing", [:], status: 404) == 3)
    }

    @Test("keep what is for one client from the others")
    func others() async throws {
        func request(_ path: String, _ headers: HTTPFields = [:]) throws -> FetchRequest {
            var request = try FetchRequest.to("http://a.example/\(path)", headers: headers)
            request.isForOthers = true
            return request
        }
        let fresh: HTTPFields = [.cacheControl: "max-age=60"]
        let key = try #require(HTTPField.Name("X-Api-Key"))
        #expect(try await asked(request("plain", [.accept: "text/plain", .ifNoneMatch: "\"x\""]), fresh) == 1)
        #expect(try await asked(request("private"), [.cacheControl: "private, max-age=60"]) == 3)
        #expect(try await asked(request("authorized", [.authorization: "Bearer x"]), fresh) == 3)
        #expect(try await asked(request("cookie", [.cookie: "a=b"]), fresh) == 3)
        #expect(try await asked(request("key", [key: "x"]), fresh) == 3)
        let cookie: HTTPFields = [.cacheControl: "public, max-age=60", .setCookie: "id=1"]
        #expect(try await asked(request("set-cookie"), cookie) == 3)
    }

    @Test("keep a cookie that a job got from the clients of the service")
    func cookieOfAJob() async throws {
        let upstream = ScriptedTransport { request, number in
            let isConditional = request.headers.contains(.ifNoneMatch)
            var headers: HTTPFields = [.cacheControl: "max-age=60", .eTag: "\"a\""]
            if !isConditional { headers[.setCookie] = "id=\(number)" }
            return .init(status: isConditional ? 304 : 200, headers: headers, body: isConditional ? "" : "x")
        }
        let cache = folder.layer(try folder.store(), upstream)
        _ = try await cache.fetch(.to("http://a.example/"))
        var request = try FetchRequest.to("http://a.example/")
        request.isForOthers = true
        for _ in 0..<2 {
            request.exchange = Exchange()
            let cookie = try await cache.withResponse(to: request) { $0.headers[.setCookie] }
            #expect(cookie == nil)
        }
        #expect(upstream.requests.count == 2)
    }
}
