import Fetching
import Testing

/// RFC 9309, section 3: a robots.txt is written by strangers. What matters here is that each test comes to an end.
@Suite struct HostileRobotsTests {
    private static let longPath = "/" + String(repeating: "a", count: 2000)

    @Test(
        "RFC 9309, 3: a file of one octet alone says nothing",
        arguments: [0x00, 0x0A, 0x0D, 0x20, 0x23, 0x2A, 0x3A, 0x41, 0xEF, 0xFF] as [UInt8])
    func oneOctetAlone(_ octet: UInt8) {
        for count in [1, 2, 3, RobotsRules.parsedBytes, RobotsRules.parsedBytes + 1] {
            #expect(RobotsRules(parsing: repeatElement(octet, count: count), for: "harvester") == .allowAll)
        }
    }

    @Test(
        "RFC 9309, 3: a pattern that fills the file is read and matched",
        arguments: [
            ("*", false), ("/*", true), ("*a", true), ("/%2A", true), ("/a*", true), ("*$", true), ("\0", true),
            ("%", true),
        ])
    func longPattern(_ unit: String, _ isAllowed: Bool) {
        let start = "user-agent: *\ndisallow: "
        let count = (RobotsRules.parsedBytes - start.utf8.count) / unit.utf8.count
        let rules = RobotsRules(parsing: (start + String(repeating: unit, count: count)).utf8, for: "harvester")
        #expect(rules.allows(Self.longPath) == isAllowed)
    }

    @Test("RFC 9309, 3: many patterns that nearly match are no more than their octets")
    func manyPatterns() {
        var text = "user-agent: *\n"
        var number = 0
        while text.utf8.count < RobotsRules.parsedBytes - 100 {
            text += "disallow: /*aaaaaaaaaa*aaaaaaaaaaaaaaaaaaaaaaaaaa\(number)\n"
            number += 1
        }
        let rules = RobotsRules(parsing: (text + "disallow: /*a$\n").utf8, for: "harvester")
        #expect(!rules.allows(Self.longPath) && rules.allows(Self.longPath + "b"))
    }

    @Test("RFC 9309, 3: as many rules as fit count to the last")
    func manyRules() {
        var text = "user-agent: *\n"
        var number = 0
        while text.utf8.count < RobotsRules.parsedBytes - 100 {
            text += "disallow:/\(number)$\n"
            number += 1
        }
        let rules = RobotsRules(parsing: text.utf8, for: "harvester")
        #expect(number > 25_000 && !rules.allows("/0") && !rules.allows("/\(number - 1)") && rules.allows("/\(number)"))
    }

    @Test("RFC 9309, 3: octets that are no UTF-8 are octets like others")
    func invalidUTF8() {
        let line = Array("user-agent: *\ndisallow: /a".utf8)
        let rules = RobotsRules(parsing: line + [0xFF, 0xC3, 0x28, 0x00, 0x7F] + Array("\n".utf8), for: "harvester")
        #expect(!rules.allows("/a%FF%C3(%00%7Fb") && rules.allows("/a") && rules.allows("/a\u{FFFD}("))
    }
}
