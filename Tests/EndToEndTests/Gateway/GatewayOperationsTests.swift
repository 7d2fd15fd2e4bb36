import Foundation
import ScriptedOrigin
import TestSupport
import Testing

@Suite("what operators see of a gateway", .timeLimit(.minutes(2)))
struct GatewayOperationsTests {
    private static func control(of site: Site) async throws -> String {
        try await site.gateway.process.captured(#/"message":"control is listening".*"url":"([^"]+)"/#)
    }

    @Test("counts what its limiter decides, and its fetches, at /metrics of the control address only")
    func metrics() async throws {
        let site = try await Site.serving(
            limits: "defaults: { metadata: { rates: [1/HOUR], max_delay_ms: 0 } }",
            arguments: ["--control", "127.0.0.1:0"])
        let control = try await Self.control(of: site)
        #expect(try await site.resource(.ok()).get().status == 200)
        #expect(try await site.resource(.ok()).get().status == 429)
        let metrics = try await HTTP.get("\(control)/metrics")
        #expect(metrics.status == 200)
        let lines = metrics.text.split(separator: "\n")
        for result in ["granted", "denied"] {
            let series = #"weir_acquires_total{host="127.0.0.1",result="\#(result)",role="metadata"} 1"#
            #expect(lines.contains { $0 == series }, "\(lines.filter { $0.hasPrefix("weir_acquires") })")
        }
        #expect(lines.contains { $0.hasPrefix("weir_exchanges_total{") })
        #expect(!lines.contains { $0.hasPrefix("weir_jobs{") })
        for path in ["/healthz", "/readyz", "/version", "/v1/instances"] {
            #expect(try await HTTP.get(control + path).status == 200, "\(path)")
        }
        // At the other address all paths are the origin's.
        #expect(try await HTTP.get("\(site.gateway.url)/metrics").status == 429)
    }

    @Test("logs that a host is paused")
    func pauses() async throws {
        let site = try await Site.serving()
        let refusal = ScriptedAnswer(429, "slowly", ["Retry-After": "600"])
        #expect(try await site.resource(refusal).get().status == 429)
        let line = try await site.gateway.process.captured(#/"message":"(host paused)"/#)
        #expect(line == "host paused")
    }
}

@Suite("a gateway's cache document", .timeLimit(.minutes(2)))
struct GatewayCacheDocumentTests {
    private static func arguments(_ yaml: String, in folder: TemporaryFolder) throws -> [String] {
        let file = folder.url.appending(path: "cache.yaml")
        try Data("version: 1\n\(yaml)\n".utf8).write(to: file)
        return ["--cache-config", file.path()]
    }

    @Test("says for how long at least an answer is fresh, by host and for the role metadata")
    func lifetimes() async throws {
        let folder = try TemporaryFolder()
        let site = try await Site.serving(
            arguments: Self.arguments(
                "hosts: { 127.0.0.1: { metadata: { min_ttl_s: 3600 } } }", in: folder))
        let resource = site.resource(.ok("first"))
        #expect(try await resource.get().forwarded.count == 1)
        let second = try await resource.get()
        #expect(second.text == "first" && second.forwarded.isEmpty, "\(second)")
    }

    @Test("switches the cache off, and leaves alone what it says nothing of")
    func off() async throws {
        let folder = try TemporaryFolder()
        let off = try await Site.serving(
            arguments: Self.arguments("defaults: { metadata: { enabled: false } }", in: folder))
        let fresh: KeyValuePairs = ["Cache-Control": "max-age=600"]
        let uncached = off.resource(.ok("first", fresh))
        for _ in 1...2 { #expect(try await uncached.get().forwarded.count == 1) }
        let silent = try await Site.serving(
            arguments: Self.arguments(
                "hosts: { a.example: { metadata: { enabled: false } } }", in: folder))
        let cached = silent.resource(.ok("first", fresh))
        #expect(try await cached.get().forwarded.count == 1)
        #expect(try await cached.get().forwarded.isEmpty)
        // Without a minimum of its own, what says nothing is not fresh for a day, as it is for jobs.
        let unsaid = silent.resource(.ok("first"))
        for _ in 1...2 { #expect(try await unsaid.get().forwarded.count == 1) }
    }
}
