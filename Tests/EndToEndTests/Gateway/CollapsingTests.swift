import AsyncHTTPClient
import ScriptedOrigin
import Testing

@Suite("concurrent misses", .site, .serialized, .timeLimit(.minutes(2)))
struct CollapsingTests {
    /// Asks `count` times at once; the origin answers once it was asked so often, and others have come after these.
    private static func ask(
        _ resource: Resource, count: Int, gate: Gate, arrivals: Int = 1,
        headers: @escaping @Sendable (Int) -> KeyValuePairs<String, String> = { _ in [:] }
    ) async throws -> [Reply] {
        var crowd = resource
        crowd.client = .crowd
        let others = resource.site.resource(.ok())
        return try await withThrowingTaskGroup(of: Reply.self) { group in
            for number in 0..<count { group.addTask { [crowd] in try await crowd.get(headers(number)) } }
            _ = try await resource.site.origin.requests(to: resource.path, atLeast: arrivals)
            for _ in 0..<20 { _ = try await others.get() }
            gate.open()
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test("two hundred of the same make one request")
    func same() async throws {
        let gate = Gate()
        defer { gate.open() }
        let resource = try Site.here.resource(.ok("first", ["Cache-Control": "max-age=6000"]).held(until: gate))
        let replies = try await Self.ask(resource, count: 200, gate: gate)
        #expect(resource.asked.count == 1, "\(resource.asked)")
        for reply in replies { #expect(reply.status == 200 && reply.text == "first", "\(reply)") }
        let statuses = replies.compactMap(\.cacheStatus)
        #expect(statuses.count == 200 && statuses.count { $0.isCollapsed } > 0, "\(statuses)")
        #expect(statuses.contains { $0.isStored }, "\(statuses)")
        #expect(statuses.allSatisfy { $0.isHit || $0.forward == "uri-miss" }, "\(statuses)")
    }

    @Test("two hundred of a stale answer make one validation")
    func stale() async throws {
        let gate = Gate()
        defer { gate.open() }
        let fields: KeyValuePairs = ["Cache-Control": "max-age=6000", "ETag": "\"1\""]
        let stale = ScriptedAnswer.ok("first", fields).with("Age", "7000")
        let resource = try Site.here.resource { _, number in
            if number > 1 { try await gate.wait() }
            return number == 1 ? stale : ScriptedAnswer(304, "", fields)
        }
        _ = try await resource.get()
        let replies = try await Self.ask(resource, count: 200, gate: gate, arrivals: 2)
        #expect(resource.asked.count == 2, "\(resource.asked)")
        for reply in replies { #expect(reply.status == 200 && reply.text == "first", "\(reply)") }
    }

    @Test("what is for one is for nobody else", arguments: ["no-store", "private", "private, max-age=6000"])
    func unshared(control: String) async throws {
        let gate = Gate()
        defer { gate.open() }
        let resource = try Site.here.resource { request, _ in
            try await gate.wait()
            return .ok(request["Cookie"] ?? "", ["Cache-Control": control])
        }
        let replies = try await Self.ask(resource, count: 20, gate: gate) { ["Cookie": "user=\($0)"] }
        #expect(Set(replies.map(\.text)) == Set((0..<20).map { "user=\($0)" }), "\(replies)")
        #expect(resource.asked.count == 20, "\(resource.asked)")
    }

    @Test("nor are variants mixed up")
    func variants() async throws {
        let gate = Gate()
        defer { gate.open() }
        let resource = try Site.here.resource { request, _ in
            try await gate.wait()
            return .ok(request["X-A"] ?? "", ["Cache-Control": "max-age=6000", "Vary": "X-A"])
        }
        let replies = try await Self.ask(resource, count: 30, gate: gate) { ["X-A": "\($0 % 3)"] }
        for value in ["0", "1", "2"] {
            #expect(replies.count { $0.text == value } == 10, "\(replies.map(\.text))")
        }
        #expect((3...30).contains(resource.asked.count), "\(resource.asked)")
    }

    @Test("nobody waits for ever for one that failed")
    func failure() async throws {
        let gate = Gate()
        defer { gate.open() }
        let resource = try Site.here.resource(
            ScriptedAnswer.reset.held(until: gate), .ok("first", ["Cache-Control": "max-age=6000"]))
        let replies = try await Self.ask(resource, count: 20, gate: gate)
        for reply in replies {
            #expect(reply.status == 502 || (reply.status == 200 && reply.text == "first"), "\(reply)")
        }
    }

    @Test("the first to leave takes nobody along")
    func leaving() async throws {
        let gate = Gate()
        defer { gate.open() }
        let resource = try Site.here.resource(.ok("first", ["Cache-Control": "max-age=6000"]).held(until: gate))
        let first = Task { try await resource.get() }
        _ = try await resource.site.origin.requests(to: resource.path, atLeast: 1)
        async let others = Self.ask(resource, count: 10, gate: gate)
        first.cancel()
        _ = await first.result
        for reply in try await others { #expect(reply.status == 200 && reply.text == "first", "\(reply)") }
    }
}
