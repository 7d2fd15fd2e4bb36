import HTTPTypes
import Testing

@testable import SimulatedUpstream

@Suite("Robots rules")
struct RobotsTests {
    @Test(
        "are what robots.txt says",
        arguments: [
            ("allow", "User-agent: *\nDisallow:\n"),
            ("disallow", "User-agent: *\nDisallow: /\n"),
            ("delay:2", "User-agent: *\nCrawl-delay: 2\nDisallow:\n"),
            ("delay:0.5", "User-agent: *\nCrawl-delay: 0.5\nDisallow:\n"),
        ])
    func texts(rule: String, text: String) throws {
        let answer = try Upstream.invented(1, robots: ["*=\(rule)"]).answer(for: "http://a.example/robots.txt")
        #expect(answer.status == .ok)
        #expect(answer.text == text)
        #expect(answer.headers[.contentType]?.hasPrefix("text/plain") == true)
    }

    @Test("hold for the host they name before they hold for every host")
    func precedence() throws {
        let upstream = try Upstream.invented(
            1, robots: ["*=unavailable", "Gone.example=missing", "open.example=allow", "api.openalex.org=disallow"])
        for (host, status) in [
            ("any.example", HTTPResponse.Status.serviceUnavailable), ("gone.example:80", .notFound),
            ("open.example", .ok), ("api.openalex.org", .ok),
        ] {
            #expect(try upstream.answer(for: "http://\(host)/robots.txt").status == status)
        }
        #expect(try Upstream.invented(1).answer(for: "http://any.example/robots.txt").text.hasSuffix("Disallow:\n"))
    }

    @Test("stay clear of faults", arguments: FaultKind.allCases)
    func faults(kind: FaultKind) throws {
        let upstream = try Upstream.invented(1, faults: ["\(kind.rawValue)=1"])
        #expect(try upstream.answer(for: "http://any.example/robots.txt").status == .ok)
    }

    @Test(
        "are refused where they are wrong, with the reason",
        arguments: [
            ("disallow", "'disallow' has no '='; write HOST=RULE, such as files.example=disallow"),
            ("=allow", "'=allow' names no host; use '*' for every host"),
            ("*=", "'' is not a robots rule; use allow, disallow, unavailable, missing or delay:SECONDS"),
            ("*=deny", "'deny' is not a robots rule; use allow, disallow, unavailable, missing or delay:SECONDS"),
            ("*=delay", "'delay' is not a robots rule; use allow, disallow, unavailable, missing or delay:SECONDS"),
            ("*=allow:1", "'allow:1' is not a robots rule; use allow, disallow, unavailable, missing or delay:SECONDS"),
            ("*=delay:", "'' is not a number of seconds between 0 and 86400"),
            ("*=delay:-1", "'-1' is not a number of seconds between 0 and 86400"),
            ("*=delay:nan", "'nan' is not a number of seconds between 0 and 86400"),
        ])
    func badRules(text: String, reason: String) throws {
        let problem = try #require(throws: ArgumentProblem.self) { try RobotsRule(parsing: text) }
        #expect(problem.description == reason)
    }

    @Test("are given once for a host")
    func twice() {
        #expect(throws: ArgumentProblem.self) {
            try Upstream.invented(1, robots: ["a.example=allow", "A.example=missing"])
        }
    }
}
