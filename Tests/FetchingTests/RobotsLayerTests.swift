import HTTPTypes
import Testing

@testable import Fetching

@Suite("RFC 9309, 2.3: asking for robots.txt")
struct RobotsLayerTests {
    private let time = ManualTime()

    private func layer(_ upstream: ScriptedTransport) -> RobotsLayer<ScriptedTransport> {
        RobotsLayer(RobotsFiles(time: time), productToken: "weir", upstream)
    }

    /// An upstream with one robots.txt; everything else is there.
    private func upstream(_ robots: ScriptedTransport.Answer) -> ScriptedTransport {
        ScriptedTransport { request, _ in request.address.path == "/robots.txt" ? robots : .init(body: "page") }
    }

    @Test("What the file disallows is not asked for; what it allows is")
    func obeys() async throws {
        let upstream = upstream(.init(body: "User-agent: *\nDisallow: /private\n"))
        let layer = layer(upstream)
        let error = await #expect(throws: FetchError.self) {
            try await layer.fetch(.to("http://a.example/private/x", role: .landing))
        }
        #expect(error?.reason == "robots_disallowed")
        #expect(try await layer.fetch(.to("http://a.example/open", role: .artifact)).body == "page")
        #expect(upstream.urls == ["http://a.example/robots.txt", "http://a.example/open"])
    }

    @Test("An API is not crawled: its robots.txt is not for those who were asked to use it")
    func metadata() async throws {
        let upstream = upstream(.init(body: "User-agent: *\nDisallow: /\n"))
        #expect(try await layer(upstream).fetch(.to("http://a.example/works")).status == 200)
        #expect(upstream.requests.count == 1)
    }

    @Test("2.3.1.3: a file that is not there allows everything", arguments: [400, 401, 403, 404, 410])
    func unavailable(status: Int) async throws {
        #expect(
            try await layer(upstream(.init(status: status))).fetch(.to("http://a.example/", role: .landing)).status
                == 200)
    }

    @Test(
        "2.3.1.4: a file that cannot be read forbids everything for now",
        arguments: [
            ScriptedTransport.Answer(status: 500), .init(status: 503), .init(status: 429),
            .failing(FetchError.connectError("refused")), .failing(FetchError.timeout),
        ])
    func unreachable(robots: ScriptedTransport.Answer) async throws {
        let upstream = ScriptedTransport { request, number in
            request.address.path != "/robots.txt" ? .init() : number == 1 ? robots : .init(status: 404)
        }
        let layer = layer(upstream)
        let request = try FetchRequest.to("http://a.example/", role: .landing)
        for _ in 0..<3 {
            let error = await #expect(throws: FetchError.self) { try await layer.fetch(request) }
            #expect(error?.reason == "robots_disallowed")
        }
        #expect(upstream.requests.count == 1)
        time.advance(by: .seconds(301))
        #expect(try await layer.fetch(request).status == 200)
    }

    @Test("What is a limit's to say stays so: nothing is learnt from a denial")
    func denied() async throws {
        let upstream = ScriptedTransport { request, number in
            number == 1 ? .failing(FetchError.crawlDelay(.seconds(1))) : .init(status: 404)
        }
        let layer = layer(upstream)
        await #expect(throws: FetchError.crawlDelay(.seconds(1))) {
            try await layer.fetch(.to("http://a.example/", role: .landing))
        }
        #expect(try await layer.fetch(.to("http://a.example/x", role: .landing)).status == 404)
    }

    @Test("2.3.1.2: redirects are followed to the fifth, to other hosts as well", arguments: [(5, 403), (6, 200)])
    func redirects(count: Int, expected: Int) async throws {
        let upstream = ScriptedTransport { request, number in
            guard request.address.path.hasSuffix("robots.txt") else { return .init() }
            guard number <= count else { return .init(body: "User-agent: *\nDisallow: /\n") }
            return .init(status: 301, headers: [.location: "http://h\(number).example/robots.txt"])
        }
        let status: Int
        do {
            status = try await layer(upstream).fetch(.to("http://a.example/", role: .landing)).status
        } catch is FetchError {
            status = 403
        }
        #expect(status == expected)
    }

    @Test("2.4: the file is asked for again after a day")
    func expires() async throws {
        let upstream = upstream(.init(body: ""))
        let layer = layer(upstream)
        for _ in 0..<3 { _ = try await layer.fetch(.to("http://a.example/", role: .landing)) }
        #expect(upstream.urls.filter { $0.hasSuffix("robots.txt") }.count == 1)
        time.advance(by: .seconds(86_401))
        _ = try await layer.fetch(.to("http://a.example/", role: .landing))
        #expect(upstream.urls.filter { $0.hasSuffix("robots.txt") }.count == 2)
    }

    @Test("Each origin has a file of its own; many who ask at once share one request")
    func origins() async throws {
        let upstream = upstream(.init(body: ""))
        let layer = layer(upstream)
        try await withThrowingTaskGroup { group in
            for number in 0..<50 {
                group.addTask {
                    let port = number.isMultiple(of: 2) ? "" : ":8080"
                    _ = try await layer.fetch(.to("http://a.example\(port)/\(number)", role: .landing))
                }
            }
            try await group.waitForAll()
        }
        let files = upstream.urls.filter { $0.hasSuffix("robots.txt") }
        #expect(files.sorted() == ["http://a.example/robots.txt", "http://a.example:8080/robots.txt"])
    }

    @Test("Crawl-delay spaces the starts at the host, retries and all")
    func crawlDelay() async throws {
        let upstream = upstream(.init(body: "User-agent: weir\nCrawl-delay: 10\n"))
        let layer = RobotsLayer(
            RobotsFiles(time: time), productToken: "weir", CrawlSpacingLayer(CrawlSpacing(time: time), upstream))
        for _ in 0..<3 { _ = try await layer.fetch(.to("http://a.example/", role: .landing)) }
        #expect(time.slept == [.seconds(10), .seconds(10)])
        // Who has less patience learns when to come back.
        time.advance(by: .seconds(4))
        await #expect(throws: FetchError.crawlDelay(.seconds(6))) {
            try await layer.fetch(.to("http://a.example/", role: .landing, limiterWait: .milliseconds(250)))
        }
    }
}
