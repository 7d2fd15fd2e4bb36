import Fetching
import TestSupport
import Testing

/// Robots Exclusion Protocol, RFC 9309, sections 2.2.2 and 2.2.3: what the rules of a group say about a path.
@Suite struct RobotsMatchingTests {
    private func rules(_ lines: String...) -> RobotsRules {
        RobotsRules(parsing: "user-agent: *\n\(lines.joined(separator: "\n"))".utf8, for: "harvester")
    }

    @Test("RFC 9309, 2.2.2: the longest match decides, in whatever order the rules are")
    func longestMatch() {
        for found in [rules("disallow: /a", "allow: /a/b"), rules("allow: /a/b", "disallow: /a")] {
            #expect(found.allows("/a/b") && found.allows("/a/bc"))
            #expect(!found.allows("/a") && !found.allows("/a/") && !found.allows("/ab"))
            #expect(found.allows("/") && found.allows("/b"))
        }
        let dotted = rules("allow: /doc/page.", "disallow: /*.html")
        #expect(dotted.allows("/doc/page.html") && !dotted.allows("/doc/other.html"))
        let starred = rules("allow: /page", "disallow: /*.htm")
        #expect(starred.allows("/page") && !starred.allows("/page.htm"))
        let root = rules("allow: /$", "disallow: /")
        #expect(root.allows("/") && !root.allows("/page"))
    }

    @Test("RFC 9309, 2.2.2: of equivalent rules the one that allows is used")
    func ties() {
        #expect(rules("disallow: /a", "allow: /a").allows("/a"))
        #expect(rules("allow: /a", "disallow: /a").allows("/a"))
        #expect(rules("disallow: /a*", "allow: /ab").allows("/ab"))
        #expect(rules("disallow: /%7Ea", "allow: /~a").allows("/~a"))
        #expect(!rules("disallow: /a*", "allow: /a").allows("/ab"))
    }

    @Test("RFC 9309, 2.2.2: paths are compared with regard to case, from their first octet")
    func prefixes() {
        let found = rules("disallow: /", "allow: /fish")
        for path in ["/fish", "/fish.html", "/fish/salmon.html", "/fishheads", "/fish?id=1"] {
            #expect(found.allows(path), "\(path)")
        }
        for path in ["/", "/Fish", "/catfish", "/a/fish", "/?id=/fish", "/fis"] {
            #expect(!found.allows(path), "\(path)")
        }
        let folder = rules("disallow: /", "allow: /fish/")
        #expect(folder.allows("/fish/") && folder.allows("/fish/?id=1") && !folder.allows("/fish"))
        #expect(rules("disallow: fish").allows("/fish"))
    }

    @Test("RFC 9309, 2.2.2: a rule without a path allows everything, and nothing forbids /robots.txt")
    func implicitlyAllowed() {
        #expect(rules("disallow:") == .allowAll)
        #expect(rules("disallow: # nothing", "allow: ") == .allowAll)
        let found = rules("disallow: /", "disallow: /robots.txt")
        #expect(found.allows("/robots.txt") && found.allows("/robots%2Etxt"))
        #expect(!found.allows("/robots.txt.bak") && !found.allows("/a/robots.txt") && !found.allows("/Robots.txt"))
    }

    @Test("RFC 3986, 6.2.3: an empty path is that of the root")
    func emptyPath() {
        #expect(!rules("disallow: /").allows("") && !rules("disallow: /?q").allows("?q=1"))
        #expect(!rules("disallow: /$").allows("") && rules("disallow: /$").allows("/a"))
    }

    @Test(
        "RFC 9309, 2.2.2: both sides are brought into one spelling",
        arguments: [
            ("/foo/bar?baz=quz", "/foo/bar?baz=quz"),
            ("/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https://foo.bar"),
            ("/foo/bar?baz=https%3A%2F%2Ffoo.bar", "/foo/bar?baz=https%3a%2f%2ffoo.bar"),
            ("/foo/bar/ツ", "/foo/bar/%E3%83%84"), ("/foo/bar/%E3%83%84", "/foo/bar/%e3%83%84"),
            ("/foo/bar/%e3%83%84", "/foo/bar/ツ"), ("/foo/bar/%62%61%7A", "/foo/bar/baz"),
            ("/foo/bar/baz", "/foo/bar/%62a%7a"), ("/%7euser/%2D%5F%2e", "/~user/-_."),
            ("/a b", "/a%20b"), ("/a|b\"<>\\^`{}[]", "/a%7Cb%22%3C%3E%5C%5E%60%7B%7D%5B%5D"), ("/100%", "/100%25"),
            ("/a%2", "/a%252"), ("/a%zz", "/a%25zz"),
        ])
    func spellings(_ pattern: String, _ path: String) {
        #expect(!rules("disallow: \(pattern)$").allows(path))
        #expect(!rules("disallow: \(pattern)").allows("\(path)/more"))
    }

    @Test(
        "RFC 9309, 2.2.2 and RFC 3986, 2.2: an encoded reserved character is another than the plain one",
        arguments: [("/a/b", "/a%2Fb"), ("/a?b", "/a%3Fb"), ("/a?b&c", "/a?b%26c"), ("/a%23", "/a")])
    func reservedCharacters(_ one: String, _ other: String) {
        #expect(!rules("disallow: \(one)$").allows(one) && !rules("disallow: \(other)$").allows(other))
        #expect(rules("disallow: \(one)$").allows(other) && rules("disallow: \(other)$").allows(one))
    }

    @Test("RFC 9309, 2.2.3: a star stands for any octets, none among them")
    func stars() {
        let found = rules("disallow: /", "allow: /*.php")
        for path in ["/a.php", "/.php", "/a/b.php", "/a/b.php?c", "/a.php/", "/index?f=a.php/", "//a/b.php.html"] {
            #expect(found.allows(path), "\(path)")
        }
        for path in ["/", "/php/", "/a?php", "/a.PHP", "/a.ph"] { #expect(!found.allows(path), "\(path)") }
        #expect(!rules("disallow: /a/*/c").allows("/a/b/c") && !rules("disallow: /a/*/c").allows("/a//c"))
        #expect(rules("disallow: /a/*/c").allows("/a/c"))
        #expect(!rules("disallow: *").allows("/a") && !rules("disallow: /***a**b").allows("/xaxbx"))
        #expect(rules("disallow: /", "allow: /fish*.php").allows("/fishheads/cat.php?x"))
    }

    @Test("RFC 9309, 2.2.3: a dollar sign ends the pattern, and means itself anywhere else")
    func dollars() {
        let found = rules("disallow: /", "allow: /*.php$")
        #expect(found.allows("/a.php") && found.allows("/a/b.php") && found.allows("/a.php.php"))
        for path in ["/a.php?b", "/a.php/", "/a.php5", "/aphp", "/a.PHP"] { #expect(!found.allows(path), "\(path)") }
        #expect(!rules("disallow: /a$b").allows("/a$bc") && rules("disallow: /a$b").allows("/a"))
        #expect(!rules("disallow: /a$$").allows("/a$") && rules("disallow: /a$$").allows("/a"))
        #expect(!rules("disallow: /a*$").allows("/ab"))
        #expect(rules("disallow: $").allows("/"))
    }

    @Test("RFC 9309, 2.2.3: encoded special characters mean themselves")
    func encodedSpecialCharacters() {
        let star = rules("disallow: /path/file-with-a-%2A.html")
        #expect(!star.allows("/path/file-with-a-*.html") && !star.allows("/path/file-with-a-%2a.html"))
        #expect(star.allows("/path/file-with-a-b.html"))
        let dollar = rules("disallow: /path/foo-%24")
        #expect(!dollar.allows("/path/foo-$") && !dollar.allows("/path/foo-$1") && !dollar.allows("/path/foo-%24"))
        #expect(dollar.allows("/path/foo-"))
        #expect(!rules("disallow: /a%23b").allows("/a%23b") && rules("disallow: /a%23b").allows("/a"))
    }

    @Test("RFC 9309, 2.2.2 and 2.2.3: random rules answer as a naive matcher does")
    func answersAsTheNaiveMatcherDoes() {
        for index in 0..<1500 {
            let seed = TestSeed.current &+ UInt64(index)
            var history = NaiveRobots(seed: seed)
            let found = RobotsRules(parsing: history.file.utf8, for: "harvester")
            for _ in 0..<4 {
                let (path, isAllowed) = history.nextPath()
                guard found.allows(path) != isAllowed else { continue }
                Issue.record("\(path) is not \(isAllowed) under\n\(history.file)\nwith WEIR_TEST_SEED=\(seed)")
                return
            }
        }
    }
}
