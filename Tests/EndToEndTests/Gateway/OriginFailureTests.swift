import NIOHTTP1
import ScriptedOrigin
import Testing

@Suite("an origin that fails", .site, .timeLimit(.minutes(2)))
struct OriginFailureTests {
    @Test("is a bad gateway when it says nothing, or no HTTP")
    func noAnswer() async throws {
        let site = try Site.here
        for answer in [.reset, .raw(""), .raw("a dam\r\n\r\n"), ScriptedAnswer.raw("HTTP/1.1 200 OK\r\nX-Cut")] {
            for method in [HTTPMethod.GET, .POST] {
                let reply = try await site.resource(answer).send(method)
                #expect(reply.status == 502 && reply.problem?.status == 502, "\(reply)")
                #expect(reply.problem?.reason != nil, "\(reply)")
            }
        }
    }

    @Test("is a bad gateway when its status is none", arguments: ["000", "001", "099", "101", "1000"])
    func noStatus(_ status: String) async throws {
        let site = try Site.here
        for end in ["Content-Length: 1\r\n\r\nx", "Upgrade: x\r\nConnection: upgrade\r\n\r\n"] {
            for method in [HTTPMethod.GET, .POST] {
                let reply = try await site.resource(.raw("HTTP/1.1 \(status) X\r\n\(end)")).send(method)
                #expect(reply.status == 502 && reply.problem?.status == 502, "\(reply)")
            }
        }
    }

    @Test("is felt by the client when it stops in the middle", arguments: ["no-store", "max-age=6000"])
    func cutOff(control: String) async throws {
        let answer = ScriptedAnswer.ok(String(repeating: "x", count: 100_000), ["Cache-Control": control])
        let reply = try? await Site.here.resource(answer.delivered(.cut(after: 50_000))).get()
        #expect(reply?.status != 200, "\(String(describing: reply))")
    }

    /// A site of its own, as its origin goes away and comes back.
    @Test("is a bad gateway when it is down, but for what is stored and may be used")
    func down() async throws {
        let fresh: KeyValuePairs = ["Cache-Control": "max-age=6000", "Age": "1000"]
        let stale: KeyValuePairs = ["Cache-Control": "max-age=6000", "Age": "7000", "ETag": "\"1\""]
        let permitted: KeyValuePairs = ["Cache-Control": "max-age=6000, stale-if-error=9000", "Age": "7000"]
        let site = try await Site.serving()
        let stored = [fresh, stale, permitted].map { site.resource(.ok("first", $0)) }
        for resource in stored { _ = try await resource.get() }
        await site.origin.stop()

        for method in [HTTPMethod.GET, .HEAD, .POST] {
            let reply = try await site.resource(.ok()).send(method)
            #expect(reply.status == 502, "\(reply)")
            guard method != .HEAD else { continue }
            #expect(reply.problem?.status == 502 && reply.problem?.reason == "connect_error", "\(reply)")
        }
        let hit = try await stored[0].get()
        #expect(hit.status == 200 && hit.text == "first" && (hit.age ?? 0) >= 1_000, "\(hit)")
        let expired = try await stored[1].get()
        #expect([502, 504].contains(expired.status), "\(expired)")
        let accepted = try await stored[1].get(["Cache-Control": "stale-if-error=9000"])
        #expect(accepted.status == 200 && accepted.text == "first", "\(accepted)")
        let excused = try await stored[2].get()
        #expect(excused.status == 200 && excused.text == "first" && (excused.age ?? 0) >= 7_000, "\(excused)")

        let again = try await ScriptedOrigin.serving(on: site.origin.port) { _ in .ok("again") }
        let recovered = try await stored[1].get()
        #expect(recovered.status == 200 && recovered.text == "again", "\(recovered)")
        await again.stop()
    }
}
