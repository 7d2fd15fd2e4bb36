import HTTPCaching
import HTTPTypes
import TestSupport
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

    @Test(
        "Preferences match that say the same, however they are written",
        arguments: [
            ("Accept-Language", ["en, de"], ["de, en"]), ("Accept-Language", ["en, de"], ["eN, De"]),
            ("Accept-Language", ["en, de"], ["  en ,\t de "]), ("Accept-Language", ["en", "de"], ["de,en"]),
            ("Accept-Language", ["en;q=1, de;q=0.50"], ["de ; Q = 0.5, en"]),
            ("Accept-Language", ["en;q=1.000"], ["en"]), ("Accept-Language", ["de;q=0"], ["de;q=0.000"]),
            ("Accept-Language", ["en, en"], ["en"]), ("Accept-Encoding", ["gzip;q=0.8, BR"], ["br, gzip;q=0.80"]),
            ("Accept-Charset", ["UTF-8, iso-8859-1;q=.5"], ["iso-8859-1;q=.5, utf-8"]),
            ("Accept", ["text/html, */*;q=0.1"], ["*/*;q=0.100, Text/HTML;q=1"]),
            ("Accept", ["text/html; Level=1"], ["text/html;level=1"]),
        ] as [(String, [String], [String])])
    func samePreferences(name: String, a: [String], b: [String]) {
        #expect(matches([name], a.map { "\(name): \($0)" }, b.map { "\(name): \($0)" }))
    }

    @Test(
        "Preferences do not match that differ",
        arguments: [
            ("Accept-Language", "en, de", "en"), ("Accept-Language", "en;q=0.5", "en"),
            ("Accept-Language", "en;q=0.5", "en;q=0.55"), ("Accept-Language", "en;q=0", "en;q=0.001"),
            ("Accept-Language", "en-GB", "en"), ("Accept-Language", "fr;q=0.5, de", "en, de"),
            ("Accept-Language", "en;q=2", "en"), ("Accept-Language", "en;q=0.5555", "en;q=0.555"),
            ("Accept", "text/html;profile=\"A\"", "text/html;profile=\"a\""),
            ("Accept", "text/html;a=\"x;q=0\"", "text/html;a=\"x\""), ("Accept", "text/html;level=1", "text/html"),
            ("Accept-Encoding", "gzip", "gzip, identity;q=0"), ("Accept-Encoding", "", "gzip"),
        ])
    func otherPreferences(name: String, a: String, b: String) {
        #expect(!matches([name], ["\(name): \(a)"], ["\(name): \(b)"]))
    }

    @Test("Neither order nor case nor white space of preferences ever matters")
    func preferences() {
        let seed = TestSeed.current
        var random = SeededGenerator(seed: seed)
        let ranges = ["de", "en", "en-GB", "*", "fr-CA", "x\u{E9}"]
        let weights = ["", ";q=0", ";q=0.3", ";q=0.300", ";q=1", ";q=1.0", ";q=", ";q", ";q=x", ";", ";;q=0.1"]
        for _ in 0..<500 {
            let members = (0..<random.number(0...5)).map { _ in
                (ranges.randomElement(using: &random) ?? "") + (weights.randomElement(using: &random) ?? "")
            }
            let other = members.shuffled(using: &random).map { member in
                let cased = random.chance(50) ? member.replacing("e", with: "E").replacing("q", with: "Q") : member
                return random.chance(50) ? " \(cased.replacing(";", with: "\t; "))\t" : cased
            }
            let lines = ["Accept-Language: \(members.joined(separator: ","))"]
            let others = ["Accept-Language: \(other.joined(separator: " , "))"]
            #expect(matches(["Accept-Language"], lines, others), "seed \(seed): \(lines) \(others)")
        }
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
