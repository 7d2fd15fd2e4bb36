import HTTPCaching
import HTTPTypes
import Testing

@Suite("RFC 9111, 3.3 and 3.4: completing incomplete responses")
struct CompletionTests {
    private func completion(
        _ asked: [String] = [], held: String = "bytes 3-6/10", _ lines: [String] = ["ETag: \"a\""],
        method: HTTPRequest.Method = .get, rules: CacheRules = .shared
    ) throws -> (Completion?, HTTPRequest) {
        let stored = try Exchange.stored(
            lines + ["Cache-Control: max-age=60", "Content-Range: \(held)"], status: 206, rules: .single)
        let request = Exchange.request(asked, method: method)
        return (Completion(of: stored, for: request, rules: rules), request)
    }

    @Test(
        "What is missing at one end of the part is asked for, and nothing else",
        arguments: [
            (nil, "bytes 0-4/10", "bytes=5-"), (nil, "bytes 5-9/10", "bytes=0-4"), (nil, "bytes 3-6/10", nil),
            ("bytes=3-9", "bytes 3-6/10", "bytes=7-"), ("bytes=4-8", "bytes 3-6/10", "bytes=7-8"),
            ("bytes=-5", "bytes 3-6/10", "bytes=7-"), ("bytes=1-6", "bytes 3-6/10", "bytes=1-2"),
            ("bytes=0-3", "bytes 3-6/10", "bytes=0-2"), ("bytes=0-2", "bytes 3-6/10", nil),
            ("bytes=7-9", "bytes 3-6/10", nil), ("bytes=2-7", "bytes 3-6/10", nil), ("bytes=4-5", "bytes 3-6/10", nil),
            ("bytes=20-", "bytes 3-6/10", nil), ("bytes=1-4,6-8", "bytes 3-6/10", nil),
        ] as [(String?, String, String?)])
    func missing(range: String?, held: String, rest: String?) throws {
        let (completion, request) = try completion(range.map { ["Range: \($0)"] } ?? [], held: held)
        #expect(completion?.request(request).headerFields[.range] == rest)
        #expect(completion == nil || completion?.request(request).headerFields[.ifRange] == "\"a\"")
        #expect(completion == nil || completion?.isWhole == (range == nil))
    }

    @Test("Only what a strong validator tells from newer bytes is completed")
    func validators() throws {
        for (lines, condition) in [
            (["ETag: \"a\"", "Last-Modified: \(at(-60))"], "\"a\""), (["Last-Modified: \(at(-60))"], at(-60)),
            (["Last-Modified: \(at(0))"], nil), (["ETag: W/\"a\"", "Last-Modified: \(at(-60))"], nil), ([], nil),
        ] as [([String], String?)] {
            let (completion, request) = try completion(held: "bytes 0-4/10", lines)
            #expect(completion?.request(request).headerFields[.ifRange] == condition, "\(lines)")
        }
    }

    @Test("A client's own conditions, HEAD, and what these rules forbid are for the origin")
    func others() throws {
        let held = "bytes 0-4/10"
        for asked in ["If-None-Match: \"b\"", "If-Modified-Since: \(at(0))"] {
            #expect(try completion([asked], held: held).0 == nil)
        }
        #expect(try completion(held: held, method: .head).0 == nil)
        #expect(try completion(held: held, ["ETag: \"a\"", "Cache-Control: private"]).0 == nil)
        #expect(try completion(held: held, ["ETag: \"a\"", "Cache-Control: private"], rules: .single).0 != nil)
        #expect(try completion(held: held, ["ETag: \"a\"", "Set-Cookie: a=b"], rules: .withoutCookies).0 == nil)
    }

    @Test("A client whose If-Range names other bytes gets the whole")
    func ifRange() throws {
        let (completion, request) = try completion(["Range: bytes=3-9", "If-Range: \"b\""], held: "bytes 0-4/10")
        #expect(completion?.isWhole == true)
        #expect(completion?.request(request).headerFields[.range] == "bytes=5-")
        #expect(completion?.request(request).headerFields[.ifRange] == "\"a\"")
    }

    @Test(
        "The rest is a 206 with these very bytes",
        arguments: [
            (206, "bytes 5-9/10", true), (206, "bytes 4-9/10", false), (206, "bytes 5-8/10", false),
            (206, "bytes 5-9/11", false), (206, "bytes 5-9/*", false), (200, "bytes 5-9/10", false),
        ])
    func rest(status: Int, range: String, isRest: Bool) throws {
        let completion = try #require(try completion(held: "bytes 0-4/10").0)
        let fields = completion.fields(
            ofRest: HTTPResponse(
                status: .init(code: status), headerFields: Exchange.fields(["Content-Range: \(range)"])))
        #expect((fields != nil) == isRest)
        // It answers If-Range, so that its validator is known.
        if isRest { #expect(fields?[.eTag] == "\"a\"") }
    }
}
