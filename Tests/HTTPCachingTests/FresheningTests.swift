import HTTPCaching
import HTTPTypes
import Testing

@Suite("RFC 9111, 4.3.4 and 3.2: freshening stored responses")
struct FresheningTests {
    private func stored(_ lines: [String], rules: CacheRules = .shared) throws -> StoredResponse {
        try Exchange.stored(["Cache-Control: max-age=60"] + lines, rules: rules)
    }

    private func freshened(
        _ stored: StoredResponse, by lines: [String], after seconds: Int64 = 100, rules: CacheRules = .shared
    ) -> StoredResponse {
        let time = Exchange.start.advanced(by: seconds)
        return stored.freshened(by: Exchange.fields(lines), requestTime: time, responseTime: time, rules: rules)
    }

    @Test(
        "A 304 is about the stored responses with its validator, and of several by a weak one about the newest",
        arguments: [
            (["ETag: \"a\""], [0]), (["ETag: \"b\""], [1, 2]), (["ETag: \"x\""], []), (["ETag: W/\"b\""], [2]),
            (["ETag: W/\"c\""], [3]), (["ETag: \"c\""], []), (["Last-Modified: \(at(-9))"], [4]),
            (["Last-Modified: \(at(-8))"], []), (["ETag: \"x\"", "Last-Modified: \(at(-9))"], []), ([], []),
        ] as [([String], [Int])])
    func confirmed(lines: [String], indices: [Int]) throws {
        let all = [
            try stored(["ETag: \"a\"", "Date: \(at(-1))"]), try stored(["ETag: \"b\"", "Date: \(at(-3))"]),
            try stored(["ETag: \"b\"", "Date: \(at(-2))"]), try stored(["ETag: W/\"c\""]),
            try stored(["Last-Modified: \(at(-9))"]),
        ]
        #expect(Validation.confirmed(by: Exchange.fields(lines), among: all) == indices)
    }

    @Test("Without a validator it is about the only one there is")
    func onlyOne() throws {
        #expect(Validation.confirmed(by: HTTPFields(), among: [try stored(["ETag: \"a\""])]) == [0])
        #expect(Validation.confirmed(by: HTTPFields(), among: []).isEmpty)
    }

    @Test("New fields replace old ones of the same name, all lines of them; others stay")
    func fields() throws {
        let old = try stored(["ETag: \"a\"", "A: 1", "B: 1", "B: 2", "C: 1"])
        let new = freshened(old, by: ["Cache-Control: max-age=90", "B: 3", "D: 4", "Content-Type: text/plain"])
        #expect(
            new.fields
                == Exchange.fields([
                    "Cache-Control: max-age=90", "ETag: \"a\"", "A: 1", "B: 3", "C: 1", "D: 4",
                    "Content-Type: text/plain", "Date: \(at(100))",
                ]))
    }

    @Test(
        "What the stored bytes depend on does not change",
        arguments: ["Content-Length: 1", "Content-Encoding: br", "Content-Range: bytes 0-0/1"])
    func bound(line: String) throws {
        let old = try stored(["ETag: \"a\"", "Content-Length: 9", "Content-Encoding: gzip"])
        let new = freshened(old, by: [line])
        #expect(new.fields[.contentLength] == "9")
        #expect(new.fields[.contentEncoding] == "gzip")
        #expect(new.fields[.contentRange] == nil)
    }

    @Test("It is as fresh as a new response, and can be used again")
    func fresh() throws {
        var old = try stored(["ETag: \"a\"", "Age: 50", "Date: \(at(-50))"])
        old.isInvalidated = true
        #expect(old.outcome() == .validate(.stale))
        for lines in [[], ["Date: \(at(100))"], ["ETag: \"a\"", "Cache-Control: max-age=60"]] {
            let new = freshened(old, by: lines)
            #expect(new.freshness(after: 100).age == 0)
            #expect(new.outcome(after: 159) == .serve)
            #expect(new.outcome(after: 160) == .validate(.stale))
        }
        #expect(freshened(old, by: ["Age: 20"]).freshness(after: 100).age == 20)
    }

    @Test("Fields that may not be stored are not stored from a 304 either")
    func unstorable() throws {
        let old = try stored(["ETag: \"a\"", "B: 1"])
        let new = freshened(
            old,
            by: [
                "Cache-Control: max-age=60, no-cache=\"b, set-cookie\"", "B: 2", "Connection: c", "C: 3",
                "TE: trailers", "Set-Cookie: id=1",
            ])
        #expect(Set(new.fields.map(\.name)) == [.cacheControl, .eTag, .date])
    }

    @Test("A cookie in a 304 reaches the one client, not all of them")
    func cookie() throws {
        let old = try Exchange.stored(["Cache-Control: public, max-age=60", "ETag: \"a\""])
        #expect(freshened(old, by: ["Set-Cookie: id=1"]).fields[.setCookie] == nil)
        let own = try stored(["ETag: \"a\""], rules: .single)
        #expect(freshened(own, by: ["Set-Cookie: id=1"], rules: .single).fields[.setCookie] == "id=1")
    }

    @Test(
        "A 304 that may not be stored leaves what is stored to be confirmed again",
        arguments: ["Cache-Control: private", "Cache-Control: no-store", "Vary: *"])
    func notForAll(line: String) throws {
        let old = try stored(["ETag: \"a\"", "X: 1"])
        let new = freshened(old, by: [line, "X: 2", "Cache-Control: max-age=60"])
        #expect(new.fields == old.fields)
        #expect(new.outcome(after: 100, asking: ["Cache-Control: max-stale"]) == .validate(.stale))
        #expect(freshened(new, by: []).outcome(after: 100) == .serve)
    }
}
