import Fetching
import Testing

/// `Crawl-delay`, which RFC 9309 leaves to parsers as a line that groups may hold besides its rules (section 2.2).
@Suite struct CrawlDelayTests {
    private func rules(_ text: String, for productToken: String = "harvester") -> RobotsRules {
        RobotsRules(parsing: text.utf8, for: productToken)
    }

    @Test(
        "A crawl delay is in seconds, perhaps with a fraction, and at most a day",
        arguments: [
            ("1", .seconds(1)), ("0.5", .milliseconds(500)), ("2.", .seconds(2)), ("0", .zero),
            ("86401", .seconds(86_400)), (String(repeating: "9", count: 5000), .seconds(86_400)),
            ("-1", nil), ("nan", nil), ("inf", nil), ("1e3", nil), ("0x10", nil), ("1.2.3", nil), ("10 s", nil),
            (".", nil), ("", nil), ("１", nil),
        ] as [(String, Duration?)])
    func crawlDelay(_ text: String, _ expected: Duration?) {
        #expect(rules("user-agent: harvester\nCrawl-Delay: \(text)").crawlDelay == expected)
    }

    @Test("The longest crawl delay of the crawler's groups counts, and it ends a run of user-agent lines as rules do")
    func crawlDelays() {
        let text = """
            crawl-delay: 99
            user-agent: *
            crawl-delay: 20

            user-agent: harvester
            crawl-delay: 1.5
            disallow: /a
            crawl-delay: soon
            user-agent: other
            disallow: /
            user-agent: harvester
            crawl-delay: 3
            crawl-delay: 2
            disallow: /b
            """
        #expect(rules(text).crawlDelay == .seconds(3))
        #expect(rules(text).allows("/x") && !rules(text).allows("/a") && !rules(text).allows("/b"))
        #expect(rules(text, for: "third").crawlDelay == .seconds(20))
        #expect(rules(text, for: "third").allows("/a"))
        #expect(rules(text, for: "other").crawlDelay == nil)
    }
}
