import AsyncHTTPClient
import Foundation
import NIOCore
import ScriptedOrigin
import TestSupport
import Testing

/// What the request line asks for, and where the gateway goes for it (RFC 9112, section 3.2).
@Suite("a gateway asks its origin and nobody else", .timeLimit(.minutes(2)))
struct TargetTests {
    /// A gateway in front of a folder of an origin.
    private struct Folder {
        let origin: ScriptedOrigin
        let gateway: GatewayProcess

        init(_ path: String = "", arguments: [String] = []) async throws {
            origin = try await ScriptedOrigin.serving { .ok($0.target, ["Cache-Control": "no-store"]) }
            gateway = try await GatewayProcess(origin: origin.url + path, arguments: arguments)
        }

        func ask(_ line: String, _ fields: String = "Authorization: Bearer s\r\n") async throws -> RawMessage {
            try await RawConnection.open(port: gateway.port) { connection in
                try await connection.send("\(line) HTTP/1.1\r\nHost: gateway.example\r\n\(fields)\r\n")
                return try #require(await connection.response())
            }
        }
    }

    /// A second server, where the caller's credentials must never arrive.
    @Test("whatever the target says")
    func others() async throws {
        let other = try await ScriptedOrigin.serving { _ in .ok("stolen") }
        let folder = try await Folder()
        let authority = "127.0.0.1:\(other.port)"
        let lines = [
            "CONNECT @\(authority)/path", "CONNECT \(authority)", "CONNECT .evil.example:80", "CONNECT :\(other.port)",
            "CONNECT :99999", "GET @\(authority)/", "GET :\(other.port)/", "GET .evil.example/",
            "GET http://\(authority)/",
            "GET https://\(authority)/", "GET http://user@\(authority)/", "OPTIONS http://\(authority)",
            "GET http://127.0.0.1:\(folder.origin.port)@\(authority)/", "GET http://localhost:\(other.port)/",
        ]
        for line in lines {
            let response = try await folder.ask(line)
            #expect([400, 421, 501].contains(response.status) && response.problem != nil, "\(line): \(response)")
        }
        // These are paths, however much they look like addresses.
        for target in [
            "//\(authority)/", "/@\(authority)/", "/http://\(authority)/", "/\\\(authority)/", "/:\(other.port)",
        ] {
            _ = try await folder.ask("GET \(target)")
        }
        #expect(other.connections == 0)
        #expect(folder.origin.requests.allSatisfy { $0["Host"] == "127.0.0.1:\(folder.origin.port)" })
    }

    @Test("by the absolute form of the origin's address, or of its own")
    func absolute() async throws {
        let folder = try await Folder()
        let (origin, gateway) = (folder.origin.port, folder.gateway.port)
        let lines = [
            "GET http://127.0.0.1:\(origin)/a?b=c", "GET HTTP://127.0.0.1:\(origin)/a?b=c",
            "GET http://127.0.0.1:\(gateway)/a?b=c", "GET http://localhost:\(gateway)/a?b=c",
        ]
        for line in lines {
            let response = try await folder.ask(line)
            #expect(response.status == 200 && String(buffer: response.body) == "/a?b=c", "\(line): \(response)")
        }
        let bare = try await folder.ask("GET http://127.0.0.1:\(origin)?b=c")
        #expect(String(buffer: bare.body) == "/?b=c", "\(bare)")
        let other = try await folder.ask("GET http://gateway.example/")
        #expect(other.status == 421 && other.problem == "misdirected_request", "\(other)")
    }

    @Test("below the base path, however it is spelt", arguments: ["/v2", "/v2/", "/a/v2"])
    func folders(path: String) async throws {
        let folder = try await Folder(path)
        let inside = path.hasSuffix("/") ? String(path.dropLast()) : path
        for target in ["/", "/works", "/works?a=/../..", "/..works", "/works/..."] {
            let response = try await folder.ask("GET \(target)")
            #expect(String(buffer: response.body) == inside + target, "\(target): \(response)")
        }
        let outside = [
            "/..", "/../", "/../admin", "/works/../../admin", "/%2e%2e/admin", "/.%2E/admin", "/%2E./admin",
            "/./../admin",
            "//../../admin", "/works/%2e%2e/%2e%2e/admin", "/..%2fadmin", "/..%5cadmin", "/..;/admin", "/..;a=b/admin",
        ]
        let before = folder.origin.requests.count
        for target in outside {
            let response = try await folder.ask("GET \(target)")
            #expect(response.status == 400 && response.problem == "invalid_url", "\(target): \(response)")
        }
        #expect(folder.origin.requests.count == before)
    }

    @Test("but not by TRACE, which it refuses, nor by OPTIONS for itself")
    func methods() async throws {
        let folder = try await Folder()
        let trace = try await folder.ask("TRACE /")
        #expect(trace.status == 405 && trace["allow"]?.contains("GET") == true, "\(trace)")
        for (line, fields) in [
            ("OPTIONS *", ""), ("OPTIONS /a", "Max-Forwards: 0\r\n"),
            ("OPTIONS http://127.0.0.1:\(folder.gateway.port)", ""),
        ] {
            let own = try await folder.ask(line, fields)
            #expect(own.status == 204 && own["allow"]?.contains("GET") == true, "\(line): \(own)")
        }
        #expect(folder.origin.requests.isEmpty)
        #expect(try await folder.ask("OPTIONS /a", "Max-Forwards: 7\r\n").status == 200)
        #expect(try await folder.ask("OPTIONS /a", "").status == 200)
        #expect(folder.origin.requests.map { $0["Max-Forwards"] } == ["6", nil])
    }

    /// The loopback is no public address; the operator chose it nevertheless.
    @Test("wherever the operator put it", arguments: ["127.0.0.1", "localhost"])
    func trusted(host: String) async throws {
        let origin = try await ScriptedOrigin.serving { _ in .ok("inside") }
        let gateway = try await GatewayProcess(origin: "http://\(host):\(origin.port)")
        try await RawConnection.open(port: gateway.port) { connection in
            try await connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let response = try #require(await connection.response())
            #expect(response.status == 200 && String(buffer: response.body) == "inside", "\(response)")
        }
    }

    @Test(
        "if that is an address at all",
        arguments: ["http://127.0.0.1:1/?a=b", "ftp://a/", "http://me@a/", "a.example", "http://"])
    func noOrigin(text: String) async throws {
        let process = try RunningProcess("weir", ["gateway", "--origin", text, "--listen", "127.0.0.1:0"])
        #expect(await process.exit() == 2)
        #expect(process.output.contains { $0.contains("origin") })
    }
}
