import NIOHTTP1
import ScriptedOrigin
import Testing

@Suite("RFC 9211: Cache-Status", .site, .timeLimit(.minutes(2)))
struct CacheStatusTests {
    private static let fresh: KeyValuePairs = ["Cache-Control": "max-age=6000", "Age": "1000", "ETag": "\"1\""]
    private static let stale: KeyValuePairs = ["Cache-Control": "max-age=6000", "Age": "7000", "ETag": "\"1\""]

    /// The status of the next hop need not be said where it is that of the answer.
    private static func expect(_ reply: Reply, forward: String, next: Int, isStored: Bool) throws {
        let status = try #require(reply.cacheStatus, "\(reply)")
        #expect(status.forward == forward && !status.isHit, "\(reply)")
        #expect((status.forwardStatus ?? reply.status) == next, "\(reply)")
        #expect(status.isStored == isStored, "\(reply)")
    }

    @Test("tells a miss that is stored from one that is not")
    func misses() async throws {
        let stored = try await Site.here.resource(.ok("first", Self.fresh)).get()
        try Self.expect(stored, forward: "uri-miss", next: 200, isStored: true)
        let passing = try await Site.here.resource(.ok("first", ["Cache-Control": "no-store"])).get()
        try Self.expect(passing, forward: "uri-miss", next: 200, isStored: false)
        let failing = try await Site.here.resource(ScriptedAnswer(500, "broken")).get()
        try Self.expect(failing, forward: "uri-miss", next: 500, isStored: false)
    }

    @Test("tells a hit, and how long it will be one")
    func hit() async throws {
        let resource = try Site.here.resource(.ok("first", Self.fresh))
        _ = try await resource.get()
        for reply in [try await resource.get(), try await resource.get(["If-None-Match": "\"1\""])] {
            let status = try #require(reply.cacheStatus, "\(reply)")
            #expect(status.isHit && status.forward == nil && !status.isStored, "\(reply)")
            #expect((4_400...5_000).contains(status.timeToLive ?? 0), "\(reply)")
        }
    }

    @Test("tells a stale hit by a lifetime below zero")
    func staleHit() async throws {
        let resource = try Site.here.resource(.ok("first", Self.stale))
        _ = try await resource.get()
        let reply = try await resource.get(["Cache-Control": "max-stale"])
        let status = try #require(reply.cacheStatus, "\(reply)")
        #expect(status.isHit && (-1_600 ... -1_000).contains(status.timeToLive ?? 0), "\(reply)")
    }

    @Test("tells a validation by the status of the origin")
    func validation() async throws {
        let resource = try Site.here.resource(.ok("first", Self.stale), ScriptedAnswer(304, "", Self.fresh))
        _ = try await resource.get()
        let reply = try await resource.get()
        #expect(reply.status == 200, "\(reply)")
        let status = try #require(reply.cacheStatus, "\(reply)")
        #expect(status.forward == "stale" && status.forwardStatus == 304 && !status.isHit, "\(reply)")
    }

    @Test("tells why a stored answer did not do")
    func forwards() async throws {
        let stale = try Site.here.resource(.ok("first", Self.stale), .ok("second", Self.fresh))
        _ = try await stale.get()
        try Self.expect(try await stale.get(), forward: "stale", next: 200, isStored: true)
        let varying = try Site.here.resource(.ok("first", ["Cache-Control": "max-age=6000", "Vary": "X-A"]))
        _ = try await varying.get(["X-A": "1"])
        try Self.expect(try await varying.get(["X-A": "2"]), forward: "vary-miss", next: 200, isStored: true)
        let fresh = try Site.here.resource(.ok("first", Self.fresh))
        _ = try await fresh.get()
        let demanded = try await fresh.get(["Cache-Control": "no-cache"])
        try Self.expect(demanded, forward: "request", next: 200, isStored: true)
        try Self.expect(try await fresh.send(.POST), forward: "method", next: 200, isStored: false)
    }

    @Test("says nothing of a hit where only-if-cached finds nothing")
    func onlyIfCached() async throws {
        let reply = try await Site.here.resource(.ok()).get(["Cache-Control": "only-if-cached"])
        #expect(reply.status == 504 && reply.cacheStatus?.isHit != true, "\(reply)")
    }

    @Test("comes after what other caches said, and is not stored")
    func chain() async throws {
        let resource = try Site.here.resource(
            .ok("first", ["Cache-Control": "max-age=6000", "Cache-Status": "\"a, b\"; hit; ttl=5"]))
        let first = try await resource.get()
        #expect(CacheStatusMember.all(in: first["Cache-Status"] ?? "").map(\.cache) == ["a, b", "weir"], "\(first)")
        let next = try await resource.get()
        let members = CacheStatusMember.all(in: next["Cache-Status"] ?? "")
        #expect(members.count { $0.cache == "weir" } == 1 && members.last?.isHit == true, "\(next)")
    }
}
