import ScriptedOrigin
import Testing

@Suite("RFC 9111, section 4.3: validation", .site, .timeLimit(.minutes(2)))
struct ValidationTests {
    private static let stale: KeyValuePairs = ["Cache-Control": "max-age=6000", "Age": "7000"]
    private static let lastModified = httpDate(-90_000)

    private static func stale(_ name: String, _ value: String) -> ScriptedAnswer {
        .ok("first", stale).with(name, value)
    }

    private static func notModified(_ headers: KeyValuePairs<String, String> = [:]) -> ScriptedAnswer {
        ScriptedAnswer(304, "", headers)
    }

    @Test("asks with the entity tag", arguments: ["\"1\"", "W/\"1\"", "\"\"", "\"a, b\""])
    func entityTag(tag: String) async throws {
        let resource = try Site.here.resource(Self.stale("ETag", tag), Self.notModified(["ETag": tag]))
        _ = try await resource.get()
        let next = try await resource.get()
        #expect(next.status == 200 && next.text == "first" && next["ETag"] == tag, "\(next)")
        #expect(next.forwarded.map { $0["If-None-Match"] } == [tag], "\(next)")
    }

    @Test("asks with the date of the last change")
    func lastModified() async throws {
        let resource = try Site.here.resource(
            Self.stale("Last-Modified", Self.lastModified), Self.notModified(["Last-Modified": Self.lastModified]))
        _ = try await resource.get()
        let next = try await resource.get()
        #expect(next.status == 200 && next.text == "first", "\(next)")
        #expect(next.forwarded.map { $0["If-Modified-Since"] } == [Self.lastModified], "\(next)")
    }

    @Test("asks with both where there are both")
    func both() async throws {
        let answer = Self.stale("Last-Modified", Self.lastModified).with("ETag", "\"1\"")
        let resource = try Site.here.resource(answer, Self.notModified(["ETag": "\"1\""]))
        _ = try await resource.get()
        let next = try await resource.get()
        #expect(next.status == 200 && next.text == "first", "\(next)")
        let question = try #require(next.forwarded.first, "\(next)")
        #expect(question["If-None-Match"] == "\"1\"", "\(next)")
        #expect([nil, Self.lastModified].contains(question["If-Modified-Since"]), "\(next)")
    }

    @Test("asks without conditions where there is no validator")
    func noValidator() async throws {
        let resource = try Site.here.resource(.ok("first", Self.stale), .ok("second"))
        _ = try await resource.get()
        let next = try await resource.get()
        #expect(next.text == "second" && next.forwarded.count == 1, "\(next)")
        #expect(next.forwarded.allSatisfy { $0["If-None-Match"] == nil }, "\(next)")
    }

    @Test("asks each time after no-cache", arguments: ["no-cache", "no-cache, max-age=6000", "max-age=0"])
    func noCache(control: String) async throws {
        let fields: KeyValuePairs = ["Cache-Control": control, "ETag": "\"1\""]
        let resource = try Site.here.resource(.ok("first", fields), Self.notModified(fields))
        _ = try await resource.get()
        for _ in 1...3 {
            let next = try await resource.get()
            #expect(next.status == 200 && next.text == "first" && next.forwarded.count == 1, "\(next)")
            #expect(next.forwarded.first?["If-None-Match"] == "\"1\"", "\(next)")
        }
    }

    /// Sections 3.2 and 4.3.4.
    @Test("a 304 freshens what is stored, and replaces its fields but for those about the bytes")
    func freshening() async throws {
        let old: KeyValuePairs = [
            "ETag": "\"1\"", "X-Old": "old", "X-Both": "old", "X-Both": "older", "Content-Type": "text/x-dam",
        ]
        let new: KeyValuePairs = [
            "ETag": "\"1\"", "Cache-Control": "max-age=9000", "X-Both": "new", "X-New": "new",
            "Content-Length": "999", "Content-Encoding": "gzip", "Content-Range": "bytes 0-1/9",
        ]
        let first = old.reduce(ScriptedAnswer.ok("first", Self.stale)) { $0.with($1.key, $1.value) }
        let resource = try Site.here.resource(first, Self.notModified(new))
        _ = try await resource.get()
        for number in 1...3 {
            let next = try await resource.get()
            #expect(next.status == 200 && next.text == "first", "\(next)")
            #expect(next.forwarded.count == (number == 1 ? 1 : 0), "\(next)")
            #expect(next["Cache-Control"] == "max-age=9000" && (next.age ?? 0) < 6_000, "\(next)")
            #expect(next["X-Old"] == "old" && next["X-Both"] == "new" && next["X-New"] == "new", "\(next)")
            #expect(next["Content-Type"] == "text/x-dam" && next["Content-Length"] == "5", "\(next)")
            #expect(next["Content-Encoding"] == nil && next["Content-Range"] == nil, "\(next)")
        }
    }

    @Test("the Date of a 304 is where its age begins")
    func newDate() async throws {
        let resource = try Site.here.resource(
            .ok("first", ["Cache-Control": "max-age=6000", "Date": httpDate(-7_000), "ETag": "\"1\""]),
            Self.notModified(["Date": httpDate(0), "ETag": "\"1\""]))
        _ = try await resource.get()
        for number in 1...2 {
            let next = try await resource.get()
            #expect(next.status == 200 && next.text == "first" && next["ETag"] == "\"1\"", "\(next)")
            #expect(next.forwarded.count == (number == 1 ? 1 : 0), "\(next)")
        }
    }

    @Test("a whole new answer replaces what is stored")
    func replacement() async throws {
        let new: KeyValuePairs = ["Cache-Control": "max-age=6000", "ETag": "\"2\""]
        let resource = try Site.here.resource(Self.stale("ETag", "\"1\"").with("X-Old", "old"), .ok("second", new))
        _ = try await resource.get()
        for number in 1...2 {
            let next = try await resource.get()
            #expect(next.text == "second" && next["ETag"] == "\"2\"" && next["X-Old"] == nil, "\(next)")
            #expect(next.forwarded.count == (number == 1 ? 1 : 0), "\(next)")
        }
    }

    @Test("after a new answer that may not be stored, no older one comes back", arguments: ["no-store", "private"])
    func unstorableReplacement(control: String) async throws {
        let resource = try Site.here.resource(
            Self.stale("ETag", "\"1\""), .ok("second", ["Cache-Control": control]), .ok("third"))
        _ = try await resource.get()
        #expect(try await resource.get().text == "second")
        let last = try await resource.get()
        #expect(last.text == "third", "\(last)")
    }

    /// Section 4.3.3: the failure is passed on, and is no reason to forget.
    @Test("a failure while validating is passed on", arguments: [500, 502, 503, 504])
    func failure(status: Int) async throws {
        let resource = try Site.here.resource(
            Self.stale("ETag", "\"1\""), ScriptedAnswer(status, "broken", ["X-Why": "dam"]), .ok("third"))
        _ = try await resource.get()
        let next = try await resource.get()
        #expect(next.status == status && next.text == "broken" && next["X-Why"] == "dam", "\(next)")
        let last = try await resource.get()
        #expect(last.status == 200 && last.text == "third", "\(last)")
    }

    @Test("a 404 while validating is passed on", arguments: [404, 410])
    func gone(status: Int) async throws {
        let resource = try Site.here.resource(Self.stale("ETag", "\"1\""), ScriptedAnswer(status, "gone"))
        _ = try await resource.get()
        let next = try await resource.get()
        #expect(next.status == status && next.text == "gone", "\(next)")
    }
}
