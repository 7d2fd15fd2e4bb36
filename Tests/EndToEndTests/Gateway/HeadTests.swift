import NIOHTTP1
import ScriptedOrigin
import Testing

@Suite("RFC 9111, section 4.3.5: HEAD", .site, .timeLimit(.minutes(2)))
struct HeadTests {
    @Test("is answered from a stored GET")
    func fromGet() async throws {
        let resource = try Site.here.resource(.ok("first", ["Cache-Control": "max-age=6000", "ETag": "\"1\""]))
        _ = try await resource.get()
        let head = try await resource.send(.HEAD)
        #expect(head.status == 200 && head.text.isEmpty && head.forwarded.isEmpty, "\(head)")
        #expect(head["ETag"] == "\"1\"" && head["Content-Length"] == "5" && head["Age"] != nil, "\(head)")
    }

    @Test("gets no body, and a GET after it does")
    func beforeGet() async throws {
        let resource = try Site.here.resource(.ok("first", ["Cache-Control": "max-age=6000"]))
        let head = try await resource.send(.HEAD)
        #expect(head.status == 200 && head.text.isEmpty, "\(head)")
        #expect(head["Content-Length"] == "5", "\(head)")
        let whole = try await resource.get()
        #expect(whole.status == 200 && whole.text == "first", "\(whole)")
    }

    /// The origin is asked either with HEAD or with conditions; both tell the cache that nothing has changed.
    @Test("freshens a stored GET that it agrees with")
    func agreement() async throws {
        let resource = try Site.here.resource { request, number in
            let isFirst = number == 1
            let fields: KeyValuePairs = [
                "Cache-Control": "max-age=6000", "ETag": "\"1\"", "Age": isFirst ? "7000" : "0",
                "X-Version": isFirst ? "1" : "2",
            ]
            return ScriptedAnswer(request["If-None-Match"] == nil ? 200 : 304, "first", fields)
        }
        _ = try await resource.get()
        let head = try await resource.send(.HEAD)
        #expect(head.status == 200 && head["X-Version"] == "2" && head.forwarded.count == 1, "\(head)")
        let next = try await resource.get()
        #expect(next.text == "first" && next["X-Version"] == "2" && next.forwarded.isEmpty, "\(next)")
    }

    @Test("makes a stored GET stale that it disagrees with", arguments: ["first", "longer"])
    func disagreement(text: String) async throws {
        let tag = text == "first" ? "\"2\"" : "\"1\""
        let resource = try Site.here.resource(
            .ok("first", ["Cache-Control": "max-age=6000", "ETag": "\"1\""]),
            .ok(text, ["Cache-Control": "max-age=6000", "ETag": tag, "X-Version": "2"]))
        _ = try await resource.get()
        let head = try await resource.send(.HEAD, ["Cache-Control": "no-cache"])
        #expect(head.status == 200 && head["X-Version"] == "2" && head.forwarded.count == 1, "\(head)")
        let next = try await resource.get()
        #expect(next.text == text && next["X-Version"] == "2", "\(next)")
    }
}
