import Fetching
import Testing

/// Robots Exclusion Protocol, RFC 9309: which rules of a file are kept for a crawler, and what they say.
@Suite struct RobotsRulesTests {
    private func rules(_ text: String, for productToken: String = "harvester") -> RobotsRules {
        RobotsRules(parsing: text.utf8, for: productToken)
    }

    /// What harvester may fetch under the lines of its own group.
    private func rules(ofGroup lines: String...) -> RobotsRules {
        rules("user-agent: harvester\n" + lines.joined(separator: "\n"))
    }

    @Test("RFC 9309, 2.1: rules belong to all user-agent lines right before them, and to no others")
    func groups() {
        let text = """
            disallow: /early
            user-agent: one

            user-agent: two
            # both
            disallow: /both

            disallow: /still-both
            user-agent: three
            disallow: /three
            """
        for name in ["one", "two"] {
            #expect(!rules(text, for: name).allows("/both"))
            #expect(!rules(text, for: name).allows("/still-both"))
            #expect(rules(text, for: name).allows("/three"))
            #expect(rules(text, for: name).allows("/early"))
        }
        #expect(rules(text, for: "three").allows("/both"))
        #expect(!rules(text, for: "three").allows("/three"))
        #expect(rules(text, for: "four") == .allowAll)
    }

    @Test(
        "RFC 9309, 2.2: names of records in any case, white space around them and comments change nothing",
        arguments: [
            "user-agent: harvester\ndisallow: /x", "USER-AGENT: harvester\nDISALLOW: /x\n",
            "User-Agent:harvester\nDisallow:/x\n", " \tUser-Agent \t:\t harvester \t\n  Disallow :  /x\t\n",
            "User-Agent: harvester # us\nDisallow: /x# and below\n#Disallow: /",
            "\n\n\nuser-agent:harvester\n\ndisallow:/x",
        ])
    func lines(_ text: String) {
        #expect(rules(text) == rules("user-agent: harvester\ndisallow: /x\n"))
        #expect(!rules(text).allows("/x") && rules(text).allows("/y"))
    }

    @Test("RFC 9309, 2.2: CR, LF and CRLF all end a line", arguments: ["\r", "\n", "\r\n", "\n\r", "\r\r\n"])
    func lineEnds(_ end: String) {
        let lines = ["user-agent: harvester", "disallow: /x", "allow: /x/y", "user-agent: other", "disallow: /"]
        let found = rules(lines.joined(separator: end))
        #expect(found == rules(ofGroup: "disallow: /x", "allow: /x/y"))
    }

    @Test(
        "RFC 9309, 2.2: what is no record is passed over",
        arguments: [
            "", ":", ": /", "disallow", "disallow-all: /", "user-agent", "<html>", "allow = /", "\u{FEFF}disallow: /",
        ])
    func unreadableLines(_ line: String) {
        #expect(rules(ofGroup: line, "disallow: /x") == rules(ofGroup: "disallow: /x"))
    }

    @Test("RFC 9309, 2.2.1: the group is found without regard to case, by the product token alone")
    func productToken() {
        for name in ["harvester", "HARVESTER", "Harvester/1.2", "harvester (a note)", "harvester*", "harvester, other"]
        {
            #expect(!rules("user-agent: \(name)\ndisallow: /").allows("/x"), "\(name)")
        }
        for name in ["harvest", "harvesters", "harvester-x", "harvester_x", "a harvester", "", "/", "*harvester"] {
            #expect(rules("user-agent: \(name)\ndisallow: /").allows("/x"), "\(name)")
        }
        #expect(!rules("user-agent: My_Bot-x\ndisallow: /", for: "my_bot-X").allows("/x"))
        #expect(rules("user-agent: \ndisallow: /", for: "").allows("/x"))
    }

    @Test("RFC 9309, 2.2.1: groups of the same crawler are merged")
    func mergedGroups() {
        let found = rules(
            """
            user-agent: harvester
            disallow: /a
            user-agent: other
            disallow: /b
            user-agent: other
            user-agent: Harvester
            allow: /a/c
            disallow: /d
            """)
        #expect(found == rules(ofGroup: "disallow: /a", "allow: /a/c", "disallow: /d"))
    }

    @Test("RFC 9309, 2.2.1: only a crawler without a group of its own obeys those for all, merged")
    func groupsForAll() {
        let text = """
            user-agent: *
            disallow: /a
            user-agent: harvester
            user-agent: silent
            disallow: /b
            user-agent: * for the others
            disallow: /c
            user-agent: named
            """
        #expect(rules(text, for: "other") == rules(ofGroup: "disallow: /a", "disallow: /c"))
        #expect(rules(text) == rules(ofGroup: "disallow: /b"))
        #expect(rules(text, for: "named") == .allowAll)
        #expect(rules("user-agent: *\nuser-agent: harvester\ndisallow: /a") == rules(ofGroup: "disallow: /a"))
    }

    @Test("RFC 9309, 2.2.4: other records end no group, and do not part its user-agent lines")
    func otherRecords() {
        let text = """
            Sitemap: https://example.com/sitemap.xml
            User-agent: harvester
            Host: example.com
            User-agent: other
            Sitemap: https://example.com/other.xml
            Disallow: /x
            Clean-param: id /y
            Disallow: /z
            """
        for name in ["harvester", "other"] {
            #expect(rules(text, for: name) == rules(ofGroup: "disallow: /x", "disallow: /z"))
        }
    }

    @Test("RFC 9309, 2.3: a byte order mark is passed over, at the file's start alone")
    func byteOrderMark() {
        #expect(!rules("\u{FEFF}user-agent: harvester\ndisallow: /").allows("/x"))
        #expect(rules("\u{FEFF}\u{FEFF}user-agent: harvester\ndisallow: /").allows("/x"))
        #expect(rules("\u{FEFF}") == .allowAll)
    }

    @Test("RFC 9309, 2.3.1.3 and 2.3.1.4: a file that is missing allows everything, one out of reach nothing")
    func accessResults() {
        #expect(RobotsRules.allowAll.allows("/") && RobotsRules.allowAll.allows("/x?y"))
        #expect(!RobotsRules.disallowAll.allows("/") && !RobotsRules.disallowAll.allows("/x?y"))
        #expect(RobotsRules.disallowAll.allows("/robots.txt"))
        #expect(RobotsRules.disallowAll == rules("user-agent: *\ndisallow: /"))
        #expect(rules("") == .allowAll)
    }

    @Test("RFC 9309, 2.5: 500 KiB are read; a line that is cut there is dropped, a whole one counts")
    func parsedBytes() {
        #expect(RobotsRules.parsedBytes == 512_000)
        let start = "user-agent: harvester\n"
        let last = "disallow: /last"
        let padding = RobotsRules.parsedBytes - start.utf8.count - last.utf8.count - 1
        let full = start + String(repeating: "#", count: padding) + "\n" + last
        #expect(full.utf8.count == RobotsRules.parsedBytes)
        for rest in ["", "\n", "\r\n", "\ndisallow: /more\n"] {
            #expect(rules(full + rest) == rules(ofGroup: last), "\(rest)")
        }
        #expect(rules(full + "-one") == .allowAll)
        #expect(rules(full + "-one\n") == .allowAll)
    }
}
