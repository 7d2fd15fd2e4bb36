import ScriptedOrigin
import Testing

@Suite("RFC 5861: stale answers with permission", .site, .timeLimit(.minutes(2)))
struct StaleExtensionsTests {
    private static func fields(_ control: String) -> KeyValuePairs<String, String> {
        ["Cache-Control": control, "Age": "7000", "ETag": "\"1\""]
    }

    @Test("stale-while-revalidate answers at once and asks the origin behind that")
    func whileRevalidate() async throws {
        let gate = Gate()
        defer { gate.open() }
        let resource = try Site.here.resource(
            .ok("first", Self.fields("max-age=6000, stale-while-revalidate=9000")),
            .ok("second", ["Cache-Control": "max-age=6000"]).held(until: gate), .ok("third"))
        _ = try await resource.get()
        // The origin says nothing before all of these have been answered.
        for _ in 1...5 {
            let next = try await resource.get()
            #expect(next.status == 200 && next.text == "first" && (next.age ?? 0) >= 7_000, "\(next)")
        }
        let asked = try await resource.site.origin.requests(to: resource.path, atLeast: 2)
        #expect(asked.dropFirst().map { $0["If-None-Match"] } == ["\"1\""], "\(asked)")
        gate.open()
        while try await resource.get().text == "first" { await Task.yield() }
        let last = try await resource.get()
        #expect(last.text == "second" && resource.asked.count == 2, "\(last)")
    }

    static let synchronous: [ReuseCase] = [
        .init(.fetched, "beyond its time", fields("max-age=6000, stale-while-revalidate=100")),
        .init(.fetched, "with must-revalidate", fields("max-age=6000, stale-while-revalidate=9000, must-revalidate")),
        .init(.fetched, "with no-cache", fields("max-age=6000, stale-while-revalidate=9000, no-cache")),
        .init(
            .fetched, "for a request with no-cache", fields("max-age=6000, stale-while-revalidate=9000"),
            then: ["Cache-Control": "no-cache"]),
        .init(
            .fetched, "for a request with max-age", fields("max-age=6000, stale-while-revalidate=9000"),
            then: ["Cache-Control": "max-age=5000"]),
    ]

    @Test("stale-while-revalidate does not apply", arguments: synchronous)
    func notWhileRevalidate(_ reuse: ReuseCase) async throws {
        try await reuse.check()
    }

    private static let broken = [500, 502, 503, 504].map { ScriptedAnswer($0, "broken") } + [.reset]

    @Test("stale-if-error answers when the origin fails", arguments: broken.indices)
    func ifError(index: Int) async throws {
        let resource = try Site.here.resource(
            .ok("first", Self.fields("max-age=6000, stale-if-error=9000")), Self.broken[index])
        _ = try await resource.get()
        for _ in 1...2 {
            let next = try await resource.get()
            #expect(next.status == 200 && next.text == "first" && (next.age ?? 0) >= 7_000, "\(next)")
        }
        #expect(resource.asked.count > 1, "\(resource.asked)")
    }

    @Test("stale-if-error may come from the client", arguments: broken.indices)
    func ifErrorOfRequest(index: Int) async throws {
        let resource = try Site.here.resource(.ok("first", Self.fields("max-age=6000")), Self.broken[index])
        _ = try await resource.get()
        let next = try await resource.get(["Cache-Control": "stale-if-error=9000"])
        #expect(next.status == 200 && next.text == "first" && !next.forwarded.isEmpty, "\(next)")
        let late = try await resource.get(["Cache-Control": "stale-if-error=100"])
        #expect(late.status >= 500, "\(late)")
    }

    @Test(
        "stale-if-error does not apply",
        arguments: [
            ("max-age=6000, stale-if-error=100", 503), ("max-age=6000, stale-if-error=9000, must-revalidate", 503),
            ("max-age=6000, stale-if-error=9000", 404), ("max-age=6000, stale-if-error=9000", 403),
        ])
    func notIfError(control: String, status: Int) async throws {
        let resource = try Site.here.resource(.ok("first", Self.fields(control)), ScriptedAnswer(status, "broken"))
        _ = try await resource.get()
        let next = try await resource.get()
        #expect(next.status == status && next.text == "broken", "\(next)")
    }

    @Test("a failure behind a stale answer changes nothing that is stored")
    func failureBehind() async throws {
        let resource = try Site.here.resource(
            .ok("first", Self.fields("max-age=6000, stale-while-revalidate=9000")), ScriptedAnswer(500, "broken"))
        _ = try await resource.get()
        _ = try await resource.get()
        _ = try await resource.site.origin.requests(to: resource.path, atLeast: 2)
        for _ in 1...3 {
            let next = try await resource.get()
            #expect(next.status == 200 && next.text == "first", "\(next)")
        }
    }
}
