import Foundation
import NIOCore
import ScriptedOrigin
import TestSupport
import Testing

@Suite("A client that ends only its own side", .timeLimit(.minutes(2))) struct HalfClosedTests {
    private static let limits = "defaults: { metadata: { rates: [1/3SECOND], max_delay_ms: 60000 } }"
    private static let forHours = "defaults: { metadata: { rates: [1/HOUR], max_delay_ms: 3600000 } }"
    private static let body = #"{"host":"a.example","role":"metadata","hold":false,"max_wait_ms":3600000}"#

    private static func port(_ service: LimitsService) throws -> Int {
        try #require(service.running.url.split(separator: ":").last.flatMap { Int($0) })
    }

    private static func request(_ version: String) -> String {
        "POST /v1/tokens/acquire HTTP/\(version)\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test("gets the permission that it waits for")
    func waits() async throws {
        let service = try await LimitsService(Self.limits)
        try await RawConnection.open(port: try Self.port(service)) { connection in
            try await connection.send(Self.request("1.1"))
            #expect(await connection.response()?.status == 200)
            try await connection.send(Self.request("1.1"))
            try await connection.closeOutput()
            let response = try #require(await connection.response())
            #expect(response.status == 200, "\(response) \(String(buffer: response.body))")
        }
    }

    @Test("is told the truth over HTTP/1.0, where nothing tells it from one that hung up")
    func old() async throws {
        let service = try await LimitsService(Self.forHours)
        _ = try await service.acquire("a.example", maxWait: 0)
        try await RawConnection.open(port: try Self.port(service)) { connection in
            try await connection.send(Self.request("1.0"))
            try await connection.closeOutput()
            let response = try #require(await connection.response())
            #expect(response.status == 400 && response.problem == "malformed_request", "\(response)")
            #expect(String(buffer: response.body).contains("closed its side of the connection"))
        }
    }

    @Test("gets what the gateway fetches for it")
    func gateway() async throws {
        let gate = Gate()
        let site = try await Site.serving()
        let resource = site.resource { _, _ in
            try await gate.wait()
            return .ok("late")
        }
        try await RawConnection.open(port: site.gateway.port) { connection in
            try await connection.send("GET \(resource.path) HTTP/1.1\r\nHost: a\r\n\r\n")
            try await connection.closeOutput()
            // By now the gateway knows that no more requests come.
            #expect(await connection.head()?.status == 100)
            gate.open()
            let response = try #require(await connection.response())
            #expect(response.status == 200 && response.body == ByteBuffer(string: "late"), "\(response)")
        }
    }

    @Test("is told from one that hung up: that one's place is free again")
    func hungUp() async throws {
        let service = try await LimitsService(Self.forHours)
        _ = try await service.acquire("a.example", maxWait: 0)
        struct Usage: Decodable { let waiting: Int }
        func waiting() async throws -> Int {
            try JSONDecoder().decode(Usage.self, from: try await service.running.get("/v1/usage").body).waiting
        }
        try await RawConnection.open(port: try Self.port(service)) { connection in
            try await connection.send(Self.request("1.1"))
            while try await waiting() == 0 { await Task.yield() }
        }
        while try await waiting() > 0 { await Task.yield() }
    }
}
