import HTTPCaching
import HTTPTypes
import Testing

@Suite("RFC 9111, 4.3.1: sending a validation request")
struct ValidationRequestTests {
    private func stored(_ lines: [String]) throws -> StoredResponse {
        try Exchange.stored(["Cache-Control: max-age=60"] + lines)
    }

    @Test("It asks by the validators of what is stored, in place of the client's own")
    func validators() throws {
        let changed = "Last-Modified: \(at(-100))"
        for (lines, tag, date) in [
            (["ETag: \"a\""], "\"a\"", nil), (["ETag: W/\"a\""], "W/\"a\"", nil), ([changed], nil, at(-100)),
            (["ETag: \"a\"", changed], "\"a\"", at(-100)), (["ETag: a", changed], nil, at(-100)),
        ] as [([String], String?, String?)] {
            let asked = Exchange.request([
                "Accept: text/html", "If-None-Match: \"c\"", "If-Modified-Since: \(at(-5))", "Range: bytes=0-1",
                "If-Range: \"c\"",
            ])
            let request = try #require(Validation.request(asked, validating: try stored(lines)))
            #expect(request.headerFields[.ifNoneMatch] == tag)
            #expect(request.headerFields[.ifModifiedSince] == date)
            #expect(request.headerFields[.accept] == "text/html")
            #expect(!request.headerFields.contains(.range))
            #expect(!request.headerFields.contains(.ifRange))
            #expect(request.method == .get)
        }
    }

    @Test("Without validators there is nothing to ask by")
    func none() throws {
        #expect(Validation.request(Exchange.request(), validating: try stored([])) == nil)
        #expect(Validation.request(Exchange.request(), validating: try stored(["ETag: a"])) == nil)
    }

    @Test("It names the tags of what other requests chose too, each once")
    func others() throws {
        let others = [try stored(["ETag: \"b\""]), try stored([]), try stored(["ETag: \"a\""])]
        let request = Validation.request(
            Exchange.request(), validating: try stored(["ETag: \"a\""]), others: others)
        #expect(request?.headerFields[.ifNoneMatch] == "\"a\", \"b\"")
    }

    @Test("A date is not sent with tags that are of others")
    func dateWithOthers() throws {
        let request = Validation.request(
            Exchange.request(), validating: try stored(["Last-Modified: \(at(-9))"]),
            others: [try stored(["ETag: \"b\""])])
        #expect(request?.headerFields[.ifNoneMatch] == "\"b\"")
        #expect(request?.headerFields.contains(.ifModifiedSince) == false)
    }

    @Test("Without conditions and ranges it gets a whole answer")
    func unconditional() {
        let request = Validation.unconditional(
            Exchange.request([
                "If-None-Match: \"a\"", "If-Modified-Since: \(at(0))", "Range: bytes=0-1", "If-Range: \"a\"", "A: 1",
            ]))
        #expect(request.headerFields == Exchange.fields(["A: 1"]))
    }
}
