import Foundation
import NIOHTTP1
import ScriptedOrigin
import TestSupport
import Testing

@Suite("a pause that a gateway took", .timeLimit(.minutes(2)))
struct GatewayPauseTests {
    private struct Resumed: Decodable {
        struct Pause: Decodable {
            let host: String
            let reason: String
        }
        let resumed: [Pause]
    }

    /// Has the origin ask for ten minutes, then checks that nothing is sent until the host is resumed.
    private func resumes(_ site: Site, through api: String) async throws {
        let refusal = ScriptedAnswer(429, "slowly", ["Retry-After": "600"])
        #expect(try await site.resource(refusal).get().status == 429)
        let held = site.resource(.ok("open"))
        let denied = try await held.get()
        #expect(denied.status == 429 && denied.forwarded.isEmpty, "\(denied)")
        let answer = try await HTTP.send(.POST, "\(api)/v1/hosts/127.0.0.1/resume")
        let resumed = try JSONDecoder().decode(Resumed.self, from: answer.body).resumed
        #expect(resumed.map(\.host) == ["127.0.0.1"] && resumed.map(\.reason) == ["retry_after"], "\(answer.text)")
        let reply = try await held.get()
        #expect(reply.status == 200 && reply.text == "open", "\(reply)")
    }

    @Test("is ended through a service that shares its limits")
    func shared() async throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "shared.sqlite").path()
        let backend = ["DOCSTOKG_RLIMIT_BACKEND": "sqlite", "WEIR_BACKEND_DSN": file]
        let service = try await StoredService.start(environment: backend)
        let site = try await Site.serving(
            limits: "\(GatewayProcess.generous)\nbackend: { kind: sqlite, dsn: \"\(file)\" }")
        try await resumes(site, through: service.running.url)
    }

    @Test("is ended through the address that a gateway on its own answers operators on")
    func alone() async throws {
        let site = try await Site.serving(arguments: ["--control", "127.0.0.1:0"])
        let control = try await site.gateway.process
            .captured(#/"message":"control is listening".*"url":"([^"]+)"/#)
        try await resumes(site, through: control)
        #expect(try await HTTP.get("\(control)/v1/usage").status == 200)
        #expect(try await HTTP.get("\(control)/v1/leases").status == 200)
        #expect(try await HTTP.send(.PATCH, "\(control)/v1/limits", #"{"global_max_inflight":77}"#).status == 200)
        #expect(try await HTTP.send(.DELETE, "\(control)/v1/cache").status == 200)
        // Clients of the API get nothing of this.
        #expect(try await HTTP.send(.POST, "\(site.gateway.url)/v1/hosts/127.0.0.1/resume").status == 404)
    }
}
