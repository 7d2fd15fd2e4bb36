import HTTPCaching
import HTTPTypes
import Testing

@Suite("RFC 9111, 4.3.2: handling a received validation request (RFC 9110, 13.1.2, 13.1.3, 15.4.5)")
struct PreconditionTests {
    private func isKnown(_ lines: [String], to asked: [String], status: Int = 200) throws -> Bool {
        try Exchange.stored(["Cache-Control: max-age=60"] + lines, status: status)
            .isKnown(toSenderOf: Exchange.fields(asked))
    }

    @Test(
        "If-None-Match: the client has it where the list names its tag, weak or strong",
        arguments: [
            ("\"a\"", "\"a\"", true), ("\"a\"", "W/\"a\"", true), ("W/\"a\"", "\"a\"", true),
            ("W/\"a\"", "W/\"a\"", true), ("\"a\"", "\"A\"", false), ("\"a\"", "\"b\"", false),
            ("\"a\"", "\"a\", \"1\", \"2\"", true), ("\"a\"", "\"1\", \"a\", \"2\"", true),
            ("\"a\"", "\"1\",\"2\" ,, \"a\"", true), ("\"a\"", "*", true), ("\"a\"", " * ", true),
            ("\"a\"", "a", false), ("\"a\"", "\"*\"", false), ("\"a\"", "", false), ("\"a\"", "w/\"a\"", false),
            ("\"a,b\"", "\"a,b\"", true), ("\"a,b\"", "\"a\", \"b\"", false), ("\"\"", "\"\"", true),
            ("\"b\"", "\"a\\\", \"b\"", true), ("\"a\\\"", "\"a\\\", \"b\"", true),
            ("\"\u{FC}\"", "\"\u{FC}\"", true), ("\"\u{E9}\"", "\"e\u{301}\"", false),
        ] as [(String, String, Bool)])
    func ifNoneMatch(tag: String, list: String, isMatch: Bool) throws {
        #expect(try isKnown(["ETag: \(tag)"], to: ["If-None-Match: \(list)"]) == isMatch)
    }

    @Test("The list may have several lines")
    func lines() throws {
        #expect(try isKnown(["ETag: \"b\""], to: ["If-None-Match: \"a\"", "If-None-Match: \"b\""]))
    }

    @Test("What is stored without a tag is named by * alone")
    func withoutTag() throws {
        #expect(try isKnown([], to: ["If-None-Match: *"]))
        #expect(try !isKnown([], to: ["If-None-Match: \"a\""]))
        #expect(try !isKnown(["ETag: a"], to: ["If-None-Match: a"]))
    }

    @Test(
        "If-Modified-Since: the client has it where it has not changed since",
        arguments: [
            (["Last-Modified: \(at(-3000))"], at(-3000), true), (["Last-Modified: \(at(-3000))"], at(-2000), true),
            (["Last-Modified: \(at(-3000))"], at(-3001), false),
            (["Date: \(at(-10))"], at(-10), true), (["Date: \(at(-10))"], at(-11), false),
            ([], at(0), true), ([], at(-1), false), (["Last-Modified: \(at(-3000))"], "0", false),
            (["Last-Modified: \(at(-3000))"], "\(at(0)), \(at(0))", false),
            (["Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT"], "Sunday, 06-Nov-94 08:49:37 GMT", true),
        ] as [([String], String, Bool)])
    func ifModifiedSince(lines: [String], date: String, isMatch: Bool) throws {
        #expect(try isKnown(lines, to: ["If-Modified-Since: \(date)"]) == isMatch)
    }

    @Test("If-None-Match counts alone where there are both")
    func precedence() throws {
        let lines = ["ETag: \"a\"", "Last-Modified: \(at(-5000))"]
        #expect(try isKnown(lines, to: ["If-None-Match: \"a\"", "If-Modified-Since: \(at(-10_000))"]))
        #expect(try !isKnown(lines, to: ["If-None-Match: \"b\"", "If-Modified-Since: \(at(0))"]))
    }

    @Test("Errors and redirects are no answer to a condition (RFC 9110, 13.2.1)", arguments: [301, 404, 410, 503])
    func otherStatuses(status: Int) throws {
        let lines = ["ETag: \"a\"", "Last-Modified: \(at(-5000))"]
        for asked in ["If-None-Match: *", "If-None-Match: \"a\"", "If-Modified-Since: \(at(0))"] {
            #expect(try !isKnown(lines, to: [asked], status: status))
        }
    }

    @Test("Without conditions the client has nothing")
    func unconditional() throws {
        #expect(try !isKnown(["ETag: \"a\""], to: []))
    }

    @Test("If-Match and If-Unmodified-Since are for the origin")
    func forTheOrigin() throws {
        let stored = try Exchange.stored(["Cache-Control: max-age=60", "ETag: \"a\""])
        #expect(stored.outcome(asking: ["If-Match: \"a\""]) == .forward(.bypass))
        #expect(stored.outcome(asking: ["If-Unmodified-Since: \(at(0))"]) == .forward(.bypass))
    }

    @Test("A 304 has what tells of caching and of the validator, not what describes bytes")
    func notModified() throws {
        let kept = [
            "Cache-Control: max-age=60", "Content-Location: /x", "Date: \(at(0))", "ETag: \"a\"", "Expires: \(at(9))",
            "Vary: Accept",
        ]
        let stored = try Exchange.stored(
            kept + ["Content-Length: 5", "Content-Type: text/plain", "Content-Encoding: gzip", "Content-Language: de"])
        #expect(stored.fieldsWithoutContent == Exchange.fields(kept))
    }
}
