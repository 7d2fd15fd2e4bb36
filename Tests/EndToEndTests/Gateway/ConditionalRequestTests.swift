import ScriptedOrigin
import Testing

@Suite("RFC 9111, section 4.3.2: conditions of clients", .site, .timeLimit(.minutes(2)))
struct ConditionalRequestTests {
    private static let changed = httpDate(-90_000)
    private static let before = httpDate(-180_000)

    private static func answer(tag: String = "\"1\"") -> ScriptedAnswer {
        .ok("first", ["Cache-Control": "max-age=6000", "ETag": tag, "Last-Modified": changed, "X-Kept": "yes"])
    }

    static let met: [KeyValuePairs<String, String>] = [
        ["If-None-Match": "\"1\""], ["If-None-Match": "W/\"1\""], ["If-None-Match": "*"],
        ["If-None-Match": "\"0\", \"1\""], ["If-None-Match": "\"0\"", "if-none-match": "\"1\""],
        ["If-Modified-Since": changed], ["If-Modified-Since": httpDate(0)],
        ["If-None-Match": "\"1\"", "If-Modified-Since": before],
    ]

    @Test("are answered 304 from the cache", arguments: met)
    func notModified(condition: KeyValuePairs<String, String>) async throws {
        let resource = try Site.here.resource(Self.answer())
        _ = try await resource.get()
        let next = try await resource.get(condition)
        #expect(next.status == 304 && next.text.isEmpty && next.forwarded.isEmpty, "\(next)")
        #expect(next["ETag"] == "\"1\"" && next["Cache-Control"] == "max-age=6000" && next["Date"] != nil, "\(next)")
        let whole = try await resource.get()
        #expect(whole.status == 200 && whole.text == "first" && whole.forwarded.isEmpty, "\(whole)")
    }

    static let unmet: [KeyValuePairs<String, String>] = [
        ["If-None-Match": "\"2\""], ["If-None-Match": "\"2, 1\""],
        ["If-Modified-Since": before],
        ["If-None-Match": "\"2\"", "If-Modified-Since": httpDate(0)], ["If-Modified-Since": "yesterday"],
    ]

    @Test("or get the whole answer from there", arguments: unmet)
    func modified(condition: KeyValuePairs<String, String>) async throws {
        let resource = try Site.here.resource(Self.answer())
        _ = try await resource.get()
        let next = try await resource.get(condition)
        #expect(next.status == 200 && next.text == "first" && next.forwarded.isEmpty, "\(next)")
    }

    /// The client has something older where its date lies before the answer's.
    @Test("are judged by Date where there is no Last-Modified", arguments: [(0, 304), (60, 304), (-3_000, 200)])
    func date(since: Int, status: Int) async throws {
        let resource = try Site.here.resource(.ok("first", ["Cache-Control": "max-age=6000", "Date": httpDate(0)]))
        let first = try await resource.get()
        let date = since == 0 ? first["Date"] ?? "" : httpDate(since)
        let next = try await resource.get(["If-Modified-Since": date])
        #expect(next.status == status && next.forwarded.isEmpty, "\(next)")
    }

    @Test("compare weakly", arguments: ["\"1\"", "W/\"1\""])
    func weak(condition: String) async throws {
        let resource = try Site.here.resource(Self.answer(tag: "W/\"1\""))
        _ = try await resource.get()
        let next = try await resource.get(["If-None-Match": condition])
        #expect(next.status == 304 && next.forwarded.isEmpty, "\(next)")
    }

    /// An origin that answers 304 to whoever names its tag.
    private static func origin(tag: String, age: Int) -> Site.Script {
        { request, _ in
            let fields: KeyValuePairs = ["Cache-Control": "max-age=6000", "ETag": tag, "Age": "\(age)"]
            let isKnown = request["If-None-Match"]?.contains(tag) == true
            return isKnown ? ScriptedAnswer(304, "", fields) : .ok("first", fields)
        }
    }

    @Test("reach the origin when nothing is stored, and the 304 is not stored as an answer")
    func nothingStored() async throws {
        let resource = try Site.here.resource(Self.origin(tag: "\"1\"", age: 0))
        let first = try await resource.get(["If-None-Match": "\"1\""])
        #expect(first.status == 304 && first.text.isEmpty, "\(first)")
        let next = try await resource.get()
        #expect(next.status == 200 && next.text == "first", "\(next)")
    }

    @Test("are judged anew after a stale answer was validated")
    func staleButUnchanged() async throws {
        let resource = try Site.here.resource(Self.origin(tag: "\"1\"", age: 7_000))
        _ = try await resource.get()
        let same = try await resource.get(["If-None-Match": "\"1\""])
        #expect(same.status == 304 && same.forwarded.count == 1, "\(same)")
        let other = try await resource.get(["If-None-Match": "\"other\""])
        #expect(other.status == 200 && other.text == "first" && other.forwarded.count == 1, "\(other)")
        let none = try await resource.get()
        #expect(none.status == 200 && none.text == "first", "\(none)")
    }

    @Test("never turn the gateway's own 304 into one for a client that has something else")
    func staleAndChanged() async throws {
        let resource = try Site.here.resource { request, number in
            let tag = number == 1 ? "\"1\"" : "\"2\""
            return try await Self.origin(tag: tag, age: number == 1 ? 7_000 : 0)(request, number)
        }
        _ = try await resource.get()
        let next = try await resource.get(["If-None-Match": "\"2\""])
        #expect(next.status == 304 || (next.status == 200 && next["ETag"] == "\"2\""), "\(next)")
        let last = try await resource.get()
        #expect(last.status == 200 && last["ETag"] == "\"2\"", "\(last)")
    }
}
