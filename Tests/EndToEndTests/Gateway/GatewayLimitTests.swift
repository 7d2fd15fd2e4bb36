import NIOHTTP1
import ScriptedOrigin
import Testing

/// Sites of their own, as they use limits up.
@Suite("a gateway keeps limits", .timeLimit(.minutes(2)))
struct GatewayLimitTests {
    private static let fields: KeyValuePairs = ["Cache-Control": "max-age=6000"]
    private static let limits = "defaults: { metadata: { rates: [2/HOUR], max_delay_ms: 0 } }"

    @Test("and says when to come back, without asking the origin")
    func denial() async throws {
        let site = try await Site.serving(limits: Self.limits)
        let resources = (1...3).map { site.resource(.ok("\($0)", Self.fields)) }
        for resource in resources.prefix(2) {
            let reply = try await resource.get()
            #expect(reply.status == 200, "\(reply)")
        }
        for reply in [try await resources[2].get(), try await resources[2].send(.POST)] {
            #expect(reply.status == 429 && reply.forwarded.isEmpty, "\(reply)")
            #expect(reply.problem?.status == 429 && reply.problem?.reason == "rate_limited", "\(reply)")
            #expect((1...3_600).contains(reply["Retry-After"].flatMap { Int($0) } ?? 0), "\(reply)")
        }
        #expect(site.origin.requests.count == 2, "\(site.origin.requests)")
    }

    @Test("which hits do not touch, nor the network")
    func hits() async throws {
        let site = try await Site.serving(limits: Self.limits)
        let stored = site.resource(.ok("first", Self.fields))
        for resource in [stored, site.resource(.ok("other"))] { _ = try await resource.get() }
        let denied = try await site.resource(.ok("third")).get()
        #expect(denied.status == 429, "\(denied)")
        let (connections, requests) = (site.origin.connections, site.origin.requests.count)
        for _ in 1...20 {
            let reply = try await stored.get()
            #expect(reply.status == 200 && reply.text == "first", "\(reply)")
        }
        #expect(site.origin.connections == connections && site.origin.requests.count == requests)
    }

    @Test("and stale answers that nobody allows do not stand in for them")
    func stale() async throws {
        let site = try await Site.serving(limits: Self.limits)
        let stale = site.resource(.ok("first", ["Cache-Control": "max-age=6000", "Age": "7000", "ETag": "\"1\""]))
        for resource in [stale, site.resource(.ok("other"))] { _ = try await resource.get() }
        let reply = try await stale.get()
        #expect(reply.status == 429 && reply.problem?.reason == "rate_limited" && reply.forwarded.isEmpty, "\(reply)")
    }

    @Test("while a 429 of the origin is passed on as it is, and the rest that it asks for is kept")
    func originsOwn() async throws {
        let site = try await Site.serving()
        let answer = ScriptedAnswer(429, "slowly", ["Retry-After": "77", "Content-Type": "text/x-dam"])
        let reply = try await site.resource(answer).get()
        #expect(reply.status == 429 && reply.text == "slowly" && reply["Retry-After"] == "77", "\(reply)")
        #expect(reply["Content-Type"] == "text/x-dam" && reply.forwarded.count == 1, "\(reply)")
        let next = try await site.resource(.ok()).get()
        #expect(next.status == 429 && next.problem?.reason == "rate_limited" && next.forwarded.isEmpty, "\(next)")
        #expect((70...77).contains(next["Retry-After"].flatMap { Int($0) } ?? 0), "\(next)")
    }
}
