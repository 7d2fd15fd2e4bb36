import Foundation
import ScriptedOrigin
import Testing

@Suite("RFC 9110, section 15.2: 1xx", .site, .timeLimit(.minutes(2)))
struct InterimTests {
    private static let answer =
        "HTTP/1.1 200 OK\r\nCache-Control: max-age=6000\r\nContent-Length: 5\r\nConnection: close\r\n\r\nfirst"

    private static func ask(_ resource: Resource) async throws -> String {
        try await RawClient.ask(
            resource.site.gateway.url, "GET \(resource.path) HTTP/1.1\r\nHost: x\r\n\r\n"
        ) { $0.hasSuffix("first") }
    }

    @Test("passes through in its order, and is not stored")
    func passing() async throws {
        let hints =
            "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nX-Hint: 1\r\n\r\n"
        let resource = try Site.here.resource(.raw(hints + Self.answer))
        let first = try await Self.ask(resource)
        let statuses = first.matches(of: #/HTTP/1\.1 (\d+)/#).map { String($0.1) }
        #expect(statuses == ["102", "103", "200"], "\(first)")
        let parts = first.components(separatedBy: "\r\n\r\n")
        try #require(parts.count > 2, "\(first)")
        #expect(parts[1].contains("Link: </a.css>; rel=preload") && parts[1].contains("X-Hint: 1"), "\(first)")
        #expect(!parts[2].contains("X-Hint"), "\(first)")
        let next = try await Self.ask(resource)
        #expect(next.hasPrefix("HTTP/1.1 200") && !next.contains("X-Hint"), "\(next)")
        #expect(resource.asked.count == 1 && resource.asked.allSatisfy { !"\($0)".contains("weir-request") })
    }

    @Test("is for the one who asks the origin, however many there are of them")
    func many() async throws {
        let hints = (0..<100).map { "HTTP/1.1 103 Early Hints\r\nX-Hint: \($0)\r\n\r\n" }.joined()
        let resource = try Site.here.resource(.raw(hints + Self.answer))
        let first = try await Self.ask(resource)
        #expect(first.matches(of: #/X-Hint/#).count == 32, "\(first)")
        #expect(first.hasSuffix("first"), "\(first)")
    }

    @Test("100 and fields of the connection stay here")
    func own() async throws {
        let hints = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nKeep-Alive: x\r\nX-Hint: 1\r\n\r\n"
        let resource = try Site.here.resource(.raw(hints + Self.answer))
        let first = try await Self.ask(resource)
        #expect(!first.contains("100 Continue") && !first.contains("Keep-Alive"), "\(first)")
        #expect(first.hasPrefix("HTTP/1.1 103") && first.contains("X-Hint: 1"), "\(first)")
    }
}
