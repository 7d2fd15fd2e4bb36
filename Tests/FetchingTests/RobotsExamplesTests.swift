import Fetching
import Testing

/// The examples of RFC 9309, section 5.
@Suite struct RobotsExamplesTests {
    private func rules(_ text: String, for productToken: String) -> RobotsRules {
        RobotsRules(parsing: text.utf8, for: productToken)
    }

    @Test(
        "RFC 9309, 5.1: the simple example",
        arguments: [
            (
                "anybot", ["/", "/a.gif?x", "/publications/a"],
                ["/a.gif", "/x/b.gif", "/example/", "/example/page.html"]
            ),
            (
                "foobot", ["/example/page.html", "/example/allowed.gif", "/robots.txt"],
                ["/", "/publications/a", "/x.gif"]
            ),
            ("barbot", ["/", "/example/", "/a.gif"], ["/example/page.html", "/example/page.html?x"]),
            ("BazBot", ["/", "/example/", "/a.gif"], ["/example/page.html"]),
            ("quxbot", ["/", "/example/page.html", "/a.gif"], []),
        ])
    func simpleExample(_ name: String, _ allowed: [String], _ disallowed: [String]) {
        let found = rules(
            """
            User-Agent: *
            Disallow: *.gif$
            Disallow: /example/
            Allow: /publications/

            User-Agent: foobot
            Disallow:/
            Allow:/example/page.html
            Allow:/example/allowed.gif

            User-Agent: barbot
            User-Agent: bazbot
            Disallow: /example/page.html

            User-Agent: quxbot

            """, for: name)
        for path in allowed { #expect(found.allows(path), "\(path)") }
        for path in disallowed { #expect(!found.allows(path), "\(path)") }
    }

    @Test("RFC 9309, 5.2: the longest of two rules decides")
    func longestMatchExample() {
        let found = rules(
            """
            User-Agent: foobot
            Allow: /example/page/
            Disallow: /example/page/disallowed.gif
            """, for: "foobot")
        #expect(!found.allows("/example/page/disallowed.gif"))
        #expect(found.allows("/example/page/disallow.gif"))
    }
}
