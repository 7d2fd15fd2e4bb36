import NIOHTTP1
import ScriptedOrigin
import Testing

@Suite("RFC 9111, section 3.1: which fields are stored", .site, .timeLimit(.minutes(2)))
struct StoredFieldsTests {
    @Test("fields of a connection stay on it")
    func connectionFields() async throws {
        let resource = try Site.here.resource(
            .ok(
                "first",
                [
                    "Cache-Control": "max-age=6000", "Connection": "X-One, x-two", "X-One": "1", "X-Two": "2",
                    "Keep-Alive": "timeout=5", "Proxy-Connection": "keep-alive", "X-Kept": "yes",
                ]))
        for reply in [try await resource.get(), try await resource.get()] {
            for name in ["X-One", "X-Two", "Keep-Alive", "Proxy-Connection"] {
                #expect(reply[name] == nil, "\(name): \(reply)")
            }
            #expect(reply["X-Kept"] == "yes", "\(reply)")
        }
        #expect(resource.asked.count == 1, "\(resource.asked)")
    }

    @Test("what a connection lists takes none of the gateway's own fields, nor what tells caches what they may do")
    func ownFields() async throws {
        let resource = try Site.here.resource(
            .ok(
                "first",
                [
                    "Cache-Control": "max-age=6000", "Vary": "X-A", "X-Hop": "1",
                    "Connection": "Cache-Status, Via, Date, Age, Cache-Control, Vary, X-Hop",
                ]))
        for reply in [try await resource.get(), try await resource.get()] {
            #expect(reply["X-Hop"] == nil, "\(reply)")
            for name in ["Cache-Status", "Via", "Date", "Cache-Control", "Vary"] {
                #expect(reply[name] != nil, "\(name): \(reply)")
            }
        }
        #expect(resource.asked.count == 1, "\(resource.asked)")
    }

    @Test(
        "fields for a proxy are not stored",
        arguments: ["Proxy-Authenticate", "Proxy-Authentication-Info", "Proxy-Authorization"])
    func proxyFields(name: String) async throws {
        let resource = try Site.here.resource(
            .ok("first", ["Cache-Control": "max-age=6000", name: "Basic realm=\"x\""]))
        _ = try await resource.get()
        let next = try await resource.get()
        #expect(next[name] == nil && next.forwarded.isEmpty, "\(next)")
    }

    /// Sections 5.2.2.4 and 5.2.2.7; a cache may also read these forms as those without fields.
    @Test(
        "fields that no-cache or private lists are not handed out again",
        arguments: [
            #"no-cache="X-Secret""#, #"private="X-Secret""#, #"no-cache="x-secret, X-Other""#,
            #"private="X-Other,X-Secret""#,
        ])
    func listedFields(directive: String) async throws {
        let resource = try Site.here.resource(
            .ok("first", ["Cache-Control": "max-age=6000, \(directive)", "X-Secret": "s", "X-Kept": "yes"]),
            .ok("second"))
        let first = try await resource.get()
        #expect(first["X-Secret"] == "s", "\(first)")
        let next = try await resource.get()
        #expect(next["X-Secret"] == nil, "\(next)")
        #expect(next.forwarded.isEmpty ? next["X-Kept"] == "yes" : next.text == "second", "\(next)")
    }

    @Test("all others are, line by line")
    func endToEndFields() async throws {
        let resource = try Site.here.resource(
            .ok(
                "first",
                [
                    "Cache-Control": "max-age=6000", "Content-Type": "text/x-dam; charset=utf-8", "ETag": "W/\"a b\"",
                    "Link": "</a>; rel=next", "X-New": "1", "Link": "</b>; rel=prev", "Content-Language": "en",
                    "Set-Cookie": "a=1; Path=/", "Set-Cookie": "b=2; Expires=\(httpDate(600))",
                ]))
        for reply in [try await resource.get(), try await resource.get()] {
            #expect(reply["Content-Type"] == "text/x-dam; charset=utf-8", "\(reply)")
            #expect(reply["ETag"] == "W/\"a b\"", "\(reply)")
            #expect(reply["Link"] == "</a>; rel=next, </b>; rel=prev", "\(reply)")
            #expect(reply["X-New"] == "1" && reply["Content-Language"] == "en", "\(reply)")
            #expect(reply["Cache-Control"] == "max-age=6000", "\(reply)")
            #expect(reply.headers["Set-Cookie"].count == 2, "\(reply)")
        }
    }

    /// Section 5.1 and RFC 9110, section 6.6.1.
    @Test("what comes from the cache says its age, and when it was made")
    func dateAndAge() async throws {
        let date = httpDate(-1_000)
        let resource = try Site.here.resource(
            .ok("first", ["Cache-Control": "max-age=6000", "Date": date, "Expires": httpDate(-500)]))
        let first = try await resource.get()
        let next = try await resource.get()
        for reply in [first, next] {
            #expect(reply["Date"] == date && reply["Expires"] == first["Expires"], "\(reply)")
        }
        #expect((1_000...1_600).contains(next.age ?? -1), "\(next)")
        #expect(next.headers["Age"].count == 1 && next.forwarded.isEmpty, "\(next)")
    }

    @Test("an answer without Date gets one, which stays")
    func missingDate() async throws {
        let resource = try Site.here.resource(.ok("first", ["Cache-Control": "max-age=6000"]))
        let first = try await resource.get()
        let next = try await resource.get()
        #expect(first["Date"] != nil && first.headers["Date"].count == 1, "\(first)")
        #expect(next["Date"] == first["Date"] && (0...600).contains(next.age ?? -1), "\(next)")
    }

    @Test("a body in chunks is stored as a whole")
    func chunks() async throws {
        let answer = ScriptedAnswer.ok("", ["Cache-Control": "max-age=6000"])
        let resource = try Site.here.resource(answer.delivered(.chunked(["one", "two", "three"])))
        for reply in [try await resource.get(), try await resource.get()] {
            #expect(reply.text == "onetwothree", "\(reply)")
        }
        #expect(resource.asked.count == 1, "\(resource.asked)")
    }
}
