import HTTPCaching
import HTTPTypes
import Testing

@Suite("RFC 9110, 8.8.3: entity tags")
struct EntityTagTests {
    private func tag(_ text: String) -> EntityTag? { EntityTag(of: Exchange.fields(["ETag: \(text)"])) }

    @Test(
        "The table of section 8.8.3.2",
        arguments: [
            ("W/\"1\"", "W/\"1\"", false, true), ("W/\"1\"", "W/\"2\"", false, false),
            ("W/\"1\"", "\"1\"", false, true),
            ("\"1\"", "\"1\"", true, true),
        ] as [(String, String, Bool, Bool)])
    func comparison(a: String, b: String, isStrong: Bool, isWeak: Bool) throws {
        let first = try #require(tag(a))
        let second = try #require(tag(b))
        #expect(first.matchesStrongly(second) == isStrong)
        #expect(second.matchesStrongly(first) == isStrong)
        for (stored, asked) in [(a, b), (b, a)] {
            let response = try Exchange.stored(["Cache-Control: max-age=60", "ETag: \(stored)"])
            #expect(response.isKnown(toSenderOf: Exchange.fields(["If-None-Match: \(asked)"])) == isWeak)
        }
    }

    @Test("They are compared octet by octet")
    func octets() throws {
        #expect(try #require(tag("\"a\"")).matchesStrongly(try #require(tag("\"A\""))) == false)
        #expect(try #require(tag("\"\u{E9}\"")).matchesStrongly(try #require(tag("\"e\u{301}\""))) == false)
        #expect(tag("\"\u{E9}\"") != tag("\"e\u{301}\""))
    }

    @Test(
        "Whether they are weak", arguments: [("\"a\"", false), ("W/\"a\"", true), ("\"W/\"", false), ("\"\"", false)])
    func weakness(text: String, isWeak: Bool) throws {
        #expect(try #require(tag(text)).isWeak == isWeak)
    }

    @Test(
        "What is no tag is none",
        arguments: [
            "", "a", "\"", "\"a", "a\"", "w/\"a\"", "W\"a\"", "W\\\"a\"", "W/", "W/a", "W/\"", "\"a\"b\"",
            "\"a\", \"b\"", "\"a\" ", "'a'", "\"a\"\u{301}", "\"a\"\u{301}b\"", "*",
        ])
    func unreadable(text: String) {
        // White space at the end belongs to no value.
        #expect(tag(text) == (text == "\"a\" " ? tag("\"a\"") : nil))
    }

    @Test("Octets that are no text are no tag: those that differ would read the same")
    func noText() {
        let field = HTTPField(name: .eTag, value: [0x22, 0xE9, 0x22] as [UInt8])
        #expect(EntityTag(of: HTTPFields([field])) == nil)
    }

    @Test("A response has one or none")
    func several() {
        #expect(EntityTag(of: HTTPFields()) == nil)
        #expect(EntityTag(of: Exchange.fields(["ETag: \"a\"", "ETag: \"b\""])) == nil)
    }
}
