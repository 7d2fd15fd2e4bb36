import HTTPCaching
import HTTPTypes
import Testing

@Suite("RFC 9111, 4.1: Vary")
struct VaryTests {
    private func matches(_ vary: [String], _ a: [String], _ b: [String]) -> Bool {
        let response = Exchange.fields(vary.map { "Vary: \($0)" })
        return Vary.key(of: Exchange.fields(a), chosenBy: response)
            == Vary.key(of: Exchange.fields(b), chosenBy: response)
    }

    @Test(
        "Requests match that say the same in the selecting fields",
        arguments: [
            (["Foo"], ["Foo: 1"], ["Foo: 1"]),
            (["Foo"], ["Foo: 1", "Other: 2"], ["Foo: 1", "Other: 3"]),
            (["foo"], ["Foo: 1"], ["FOO: 1"]),
            (["Foo, Bar"], ["Foo: 1", "Bar: 2"], ["Bar: 2", "Foo: 1"]),
            (["Foo", "Bar"], ["Foo: 1", "Bar: 2"], ["Bar: 2", "Foo: 1"]),
            (["Foo, Bar, Baz"], ["Foo: 1", "Baz: 3"], ["Baz: 3", "Foo: 1"]),
            (["Foo"], ["Foo: 1, 2"], ["Foo: 1", "Foo: 2"]),
            (["Foo"], ["Foo: 1,2"], ["Foo:   1 ,  2 "]),
            (["Foo"], [], []),
            ([], ["Foo: 1"], ["Foo: 2"]),
        ] as [([String], [String], [String])])
    func same(vary: [String], a: [String], b: [String]) {
        #expect(matches(vary, a, b))
    }

    @Test(
        "Requests do not match that say something else, or one of them nothing",
        arguments: [
            (["Foo"], ["Foo: 1"], ["Foo: 2"]),
            (["Foo"], ["Foo: a"], ["Foo: A"]),
            (["Foo"], [], ["Foo: 1"]),
            (["Foo"], [], ["Foo: "]),
            (["Foo"], ["Foo: 1, 2"], ["Foo: 2, 1"]),
            (["Foo"], ["Foo: 1 2"], ["Foo: 12"]),
            (["Foo"], ["Foo: \"1, 2\""], ["Foo: \"1,2\""]),
            (["Foo"], ["Foo: \u{E9}"], ["Foo: e\u{301}"]),
            (["Foo, Bar"], ["Foo: 1", "Bar: abc"], ["Foo: 2", "Bar: abc"]),
            (["Foo, Bar"], ["Foo: 1"], ["Bar: 1"]),
            (["Foo", "Bar"], ["Foo: 1", "Bar: abc"], ["Foo: 1", "Bar: abcde"]),
        ] as [([String], [String], [String])])
    func other(vary: [String], a: [String], b: [String]) {
        #expect(!matches(vary, a, b))
    }

    @Test("Values that are no text are told apart")
    func octets() throws {
        let response = Exchange.fields(["Vary: Foo"])
        let name = try #require(HTTPField.Name("Foo"))
        let keys = [[0xE8], [0xE9], [0xC3, 0xA9]].map { (octets: [UInt8]) in
            Vary.key(of: HTTPFields([HTTPField(name: name, value: octets)]), chosenBy: response)
        }
        #expect(Set(keys).count == 3)
    }

    @Test("With nothing stored that matches, the request goes on")
    func misses() {
        for (isOtherStored, why) in [(true, CacheStatus.Forwarding.varyMiss), (false, .uriMiss)] {
            let decision = CacheDecision(
                on: Exchange.request(), stored: nil, isOtherStored: isOtherStored, now: Exchange.start, rules: .shared)
            #expect(decision == .forward(why))
        }
    }
}
