import Foundation
import NIOHTTP1
import ScriptedOrigin
import TestSupport
import Testing

/// How upstreams are reached: through proxies, and over TLS.
@Suite(.timeLimit(.minutes(2))) struct ReachingUpstreamsTests {
    /// Lets nobody through, but shows who wanted to go where.
    private func proxy() async throws -> ScriptedOrigin { try await .serving { _ in ScriptedAnswer(403) } }

    @Test("The environment's proxies are used, but for the hosts that NO_PROXY names")
    func proxies() async throws {
        let proxy = try await proxy()
        let origin = try await ScriptedOrigin.serving { _ in .ok("direct") }
        let fetching = try await FetchingService(environment: [
            "HTTP_PROXY": "http://me:s%40cret@127.0.0.1:\(proxy.port)/", "no_proxy": "example.net, 127.0.0.0/8",
        ])
        #expect(try await fetching.fetch("http://a.example/x").status == 502)
        let request = try #require(proxy.requests.first)
        #expect(request.method == .CONNECT && request.target == "a.example:80")
        #expect(request["Proxy-Authorization"] == "Basic \(Data("me:s@cret".utf8).base64EncodedString())")
        let asked = proxy.requests.count
        let near = try await fetching.fetch("\(origin.url)/x")
        #expect(near.text == "direct")
        #expect(proxy.requests.count == asked && !fetching.service.process.output.contains { $0.contains("cret") })
    }

    @Test("A proxy that is set goes before those")
    func setting() async throws {
        let proxy = try await proxy()
        let fetching = try await FetchingService(
            ["--proxy", proxy.url], environment: ["http_proxy": "http://127.0.0.1:1", "NO_PROXY": "*"])
        #expect(try await fetching.fetch("http://a.example/").status == 502)
        #expect(proxy.requests.first?.target == "a.example:80")
    }

    @Test(
        "A proxy that cannot be one is refused at the start, without repeating it",
        arguments: ["socks5://me:secret@a.example:1080", "http://", "https://a.example", "http://a.example/path"])
    func unusable(_ text: String) async throws {
        for environment in [["HTTP_PROXY": text], ["WEIR_PROXY": text]] {
            let process = try RunningProcess("weir", ["config", "check"], environment: environment)
            #expect(await process.exit() == 2)
            #expect(process.output.contains { $0.contains("must look like http://") }, "\(process.output)")
            #expect(!process.output.contains { $0.contains("secret") })
        }
    }

    @Test("HTTPS is trusted as the system and trusted_roots say, and speaks HTTP/2")
    func secure() async throws {
        let origin = try await SecureOrigin()
        let url = "https://localhost:\(origin.port)/"
        let allowed = ["--allowed-addresses", "127.0.0.1,::1"]
        let trusting = try await FetchingService(allowed + ["--trusted-roots", origin.certificate])
        let answer = try await trusting.fetch(url)
        #expect(answer.status == 200 && answer.text == "HTTP/2.0")
        let suspicious = try await FetchingService(allowed)
        let refused = try await suspicious.fetch(url)
        #expect(refused.status == 502 && refused.text.contains("tls_error"))
        let closed = try await FetchingService(["--trusted-roots", origin.certificate])
        let blocked = try await closed.fetch(url)
        #expect(blocked.text.contains("blocked_address"))
    }

    @Test("Roots that cannot be read are refused at the start")
    func unreadableRoots() async throws {
        let process = try RunningProcess("weir", ["config", "check", "--trusted-roots", "/etc/hostname"])
        #expect(await process.exit() == 2)
        #expect(process.output.contains { $0.contains("trusted_roots: '/etc/hostname' must be a readable file") })
    }
}
