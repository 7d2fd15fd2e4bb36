import ScriptedOrigin
import Testing

@Suite("RFC 9111, sections 3.3 and 3.4, and RFC 9110, section 14: parts", .site, .timeLimit(.minutes(2)))
struct PartialContentTests {
    private static func resource(_ text: RangedText = RangedText()) throws -> Resource {
        try Site.here.resource { request, _ in text.answer(request) }
    }

    @Test(
        "ranges are cut from a whole copy",
        arguments: [
            ("bytes=2-4", "234", "bytes 2-4/10"), ("bytes=5-", "56789", "bytes 5-9/10"),
            ("bytes=-3", "789", "bytes 7-9/10"), ("bytes=0-0", "0", "bytes 0-0/10"),
            ("bytes=8-99", "89", "bytes 8-9/10"), ("bytes=-99", "0123456789", "bytes 0-9/10"),
        ])
    func rangesOfWhole(range: String, text: String, contentRange: String) async throws {
        let resource = try Self.resource()
        let whole = try await resource.get()
        #expect(whole.status == 200, "\(whole)")
        let part = try await resource.get(["Range": range])
        #expect(part.status == 206 && part.text == text && part.forwarded.isEmpty, "\(part)")
        #expect(part["Content-Range"] == contentRange && part["ETag"] == "\"1\"", "\(part)")
        #expect(part["Content-Length"] == "\(text.utf8.count)" && part["Date"] == whole["Date"], "\(part)")
    }

    @Test("a range behind the end cannot be satisfied", arguments: ["bytes=10-", "bytes=20-30"])
    func unsatisfiable(range: String) async throws {
        let resource = try Self.resource()
        _ = try await resource.get()
        let reply = try await resource.get(["Range": range])
        #expect(reply.status == 416 && reply["Content-Range"] == "bytes */10", "\(reply)")
        let whole = try await resource.get()
        #expect(whole.status == 200 && whole.text == "0123456789", "\(whole)")
    }

    @Test(
        "what is no range, or several, gets the whole",
        arguments: ["bytes=4-2", "items=1-2", "bytes=a-b", "bytes", "bytes=0-1,4-5", "bytes=0-1, -1"])
    func wholeInstead(range: String) async throws {
        let resource = try Self.resource()
        _ = try await resource.get()
        let reply = try await resource.get(["Range": range])
        #expect(reply.status == 200 && reply.text == "0123456789", "\(reply)")
    }

    /// RFC 9110, section 13.1.5: only a strong comparison lets a part be sent.
    @Test(
        "If-Range decides between the part and the whole",
        arguments: [("\"1\"", 206), ("\"2\"", 200), ("W/\"1\"", 200), (httpDate(-9_999), 200)])
    func ifRange(condition: String, status: Int) async throws {
        let resource = try Self.resource()
        _ = try await resource.get()
        let reply = try await resource.get(["Range": "bytes=2-4", "If-Range": condition])
        #expect(reply.status == status && reply.text == (status == 206 ? "234" : "0123456789"), "\(reply)")
    }

    @Test("a weak tag never allows a part under If-Range")
    func weakIfRange() async throws {
        let resource = try Self.resource(RangedText(tag: "W/\"1\""))
        _ = try await resource.get()
        let reply = try await resource.get(["Range": "bytes=2-4", "If-Range": "W/\"1\""])
        #expect(reply.forwarded.isEmpty ? reply.status == 200 : [200, 206].contains(reply.status), "\(reply)")
    }

    @Test("a stale whole copy is validated before a range is cut from it")
    func staleWhole() async throws {
        let resource = try Self.resource(RangedText(age: 7_000))
        _ = try await resource.get()
        let reply = try await resource.get(["Range": "bytes=2-4"])
        #expect(reply.status == 206 && reply.text == "234" && reply.forwarded.count == 1, "\(reply)")
        #expect(reply["Content-Range"] == "bytes 2-4/10", "\(reply)")
    }

    @Test("a part is stored, and parts of it come from there")
    func storedPart() async throws {
        let resource = try Self.resource()
        let first = try await resource.get(["Range": "bytes=0-5"])
        #expect(first.status == 206 && first.text == "012345", "\(first)")
        for (range, text) in [("bytes=0-5", "012345"), ("bytes=2-3", "23")] {
            let next = try await resource.get(["Range": range])
            #expect(next.status == 206 && next.text == text && next.forwarded.isEmpty, "\(next)")
        }
    }

    @Test("a part is never taken for the whole")
    func partThenWhole() async throws {
        let resource = try Self.resource()
        _ = try await resource.get(["Range": "bytes=0-5"])
        for reply in [try await resource.get(), try await resource.get(["Range": "bytes=4-7"])] {
            #expect(reply.text == (reply.status == 200 ? "0123456789" : "4567"), "\(reply)")
        }
        #expect(try await resource.get().status == 200)
    }

    @Test("parts of the same strong tag make a whole", arguments: ["bytes=5-9", "bytes=3-9"])
    func combination(second: String) async throws {
        let resource = try Self.resource()
        _ = try await resource.get(["Range": "bytes=0-4"])
        _ = try await resource.get(["Range": second])
        let whole = try await resource.get()
        #expect(whole.status == 200 && whole.text == "0123456789" && whole.forwarded.isEmpty, "\(whole)")
        #expect(whole["Content-Range"] == nil, "\(whole)")
    }

    @Test("other parts do not", arguments: [("\"1\"", "\"2\""), ("W/\"1\"", "W/\"1\"")])
    func noCombination(tags: (String, String)) async throws {
        let (old, new) = (RangedText(tag: tags.0), RangedText(text: "abcdefghij", tag: tags.1))
        let resource = try Site.here.resource { request, number in (number == 1 ? old : new).answer(request) }
        _ = try await resource.get(["Range": "bytes=0-4"])
        _ = try await resource.get(["Range": "bytes=5-9"])
        let whole = try await resource.get()
        #expect(whole.status == 200 && whole.text == "abcdefghij", "\(whole)")
    }

    /// Sections 3.3 and 3.4.
    @Test(
        "only the rest is fetched where a part is stored",
        arguments: [
            ("bytes=0-4", nil, "bytes=5-", "0123456789"), ("bytes=5-9", nil, "bytes=0-4", "0123456789"),
            ("bytes=2-5", "bytes=4-8", "bytes=6-8", "45678"), ("bytes=2-5", "bytes=-6", "bytes=6-", "456789"),
            ("bytes=2-5", "bytes=0-3", "bytes=0-1", "0123"), ("bytes=2-5", "bytes=3-", "bytes=6-", "3456789"),
        ] as [(String, String?, String, String)])
    func rest(stored: String, asked: String?, rest: String, text: String) async throws {
        let resource = try Self.resource()
        _ = try await resource.get(["Range": stored])
        var reply = try await asked == nil ? resource.get() : resource.get(["Range": asked ?? ""])
        #expect(reply.status == (asked == nil ? 200 : 206) && reply.text == text, "\(reply)")
        #expect(
            reply.forwarded.map { $0["Range"] } == [rest] && reply.forwarded.first?["If-Range"] == "\"1\"", "\(reply)")
        #expect(
            reply["Content-Length"] == "\(text.count)" && (reply["Content-Range"] == nil) == (asked == nil), "\(reply)")
        #expect(reply.cacheStatus?.forward == "partial" && reply.cacheStatus?.isStored == true, "\(reply)")
        // Both are one now.
        reply = try await asked == nil ? resource.get() : resource.get(["Range": asked ?? ""])
        #expect(reply.text == text && reply.forwarded.isEmpty, "\(reply)")
    }

    @Test("what has changed meanwhile is fetched as a whole, and nothing of the old is left")
    func changed() async throws {
        let (old, new) = (RangedText(), RangedText(text: "abcdefghij", tag: "\"2\""))
        let resource = try Site.here.resource { request, number in (number == 1 ? old : new).answer(request) }
        _ = try await resource.get(["Range": "bytes=0-4"])
        for asked in 0..<2 {
            let reply = try await resource.get()
            #expect(reply.status == 200 && reply.text == "abcdefghij" && reply.forwarded.count == 1 - asked, "\(reply)")
        }
    }

    @Test(
        "another answer than the rest is never joined; the whole is asked for again",
        arguments: ["bytes 5-9/11", "bytes 6-9/10", "bytes 5-8/10", "bytes 5-9/*", "x"])
    func otherRest(range: String) async throws {
        let resource = try Site.here.resource { request, number in
            number == 2
                ? ScriptedAnswer(206, "xxxxx", ["ETag": "\"1\"", "Content-Range": range]) : RangedText().answer(request)
        }
        _ = try await resource.get(["Range": "bytes=0-4"])
        let reply = try await resource.get()
        #expect(reply.status == 200 && reply.text == "0123456789", "\(reply)")
        #expect(reply.forwarded.map { $0["Range"] } == ["bytes=5-", nil], "\(reply)")
    }

    @Test("a part without a validator answers for its bytes, and is never joined", arguments: ["", "W/\"1\""])
    func withoutValidator(tag: String) async throws {
        let resource = try Self.resource(RangedText(tag: tag))
        _ = try await resource.get(["Range": "bytes=4-9"])
        for (range, text) in [("bytes=4-9", "456789"), ("bytes=-2", "89"), ("bytes=7-", "789"), ("bytes=5-6", "56")] {
            let reply = try await resource.get(["Range": range])
            #expect(reply.status == 206 && reply.text == text && reply.forwarded.isEmpty, "\(reply)")
        }
        let whole = try await resource.get()
        #expect(whole.text == "0123456789" && whole.forwarded.map { $0["Range"] } == [nil], "\(whole)")
    }

    @Test("a rest that breaks off is no whole")
    func brokenRest() async throws {
        let resource = try Site.here.resource { request, number in
            number == 2 ? RangedText().answer(request).delivered(.cut(after: 2)) : RangedText().answer(request)
        }
        _ = try await resource.get(["Range": "bytes=0-4"])
        let broken = try? await resource.get()
        #expect(broken == nil, "\(String(describing: broken))")
        let whole = try await resource.get()
        #expect(whole.text == "0123456789" && whole.forwarded.map { $0["Range"] } == ["bytes=5-"], "\(whole)")
    }

    @Test("an answer that was cut off is completed or fetched anew, never mixed")
    func completion() async throws {
        for text in ["0123456789", "abcdefghij"] {
            let ranged = RangedText(text: text, tag: "\"\(text)\"")
            let cut = ScriptedAnswer.ok("0123456789", ["ETag": "\"0123456789\"", "Cache-Control": "max-age=6000"])
            let resource = try Site.here.resource { request, number in
                number == 1 ? cut.delivered(.cut(after: 5)) : ranged.answer(request)
            }
            _ = try? await resource.get()
            let whole = try await resource.get()
            #expect(whole.status == 200 && whole.text == text, "\(whole)")
        }
    }
}
