import Testing

@testable import Harvesting

@Suite struct JobRequestTests {
    @Test func everythingThatIsWrongIsNamed() {
        let request = JobRequest(
            topic: " ", urls: ["ftp://x", "http://a.example/"], yearStart: 2010, yearEnd: 2000, max: 0, workers: 65)
        #expect(
            request.problems().map(\.path) == ["topic", "topic", "urls[0]", "year_end", "max", "workers"])
    }

    @Test func usersInURLsAreRefusedAndNotShown() {
        let url = "http://me:secret@a.example/"
        let request = JobRequest(urls: [url], webhook: url)
        #expect(request.problems().map(\.path) == ["urls[0]", "webhook"])
        #expect(request.problems().allSatisfy { $0.message.contains("user or password") })
        #expect(request.problems().allSatisfy { !$0.message.contains("secret") })
        #expect(request.summary.urls == ["http://a.example/"] && request.summary.webhook == "http://a.example/")
    }

    @Test func credentialsGoToWhoTakesThem() {
        let request = JobRequest(
            topic: "rivers", credentials: [.core: "k\r\nX: y", .doaj: "k", .unpaywall: "me@lab.example"])
        #expect(Set(request.problems().map(\.path)) == ["credentials.core", "credentials.doaj"])
        #expect(request.summary == JobRequest(topic: "rivers"))
    }

    @Test(arguments: [
        JobRequest(topic: "rivers"),
        JobRequest(topic: "rivers", yearStart: 2000, yearEnd: 2000, max: 1, workers: 64, dryRun: true),
        JobRequest(dois: ["10.1371/journal.pone.0000217"]),
        JobRequest(urls: ["https://a.example/f.pdf"]),
    ])
    func whatIsRightIsAccepted(_ request: JobRequest) {
        #expect(request.problems().isEmpty)
    }

    @Test func oneSourceIsNeeded() {
        #expect(JobRequest().problems().map(\.path) == ["topic"])
        #expect(JobRequest(dois: ["10.1000/x"], yearStart: 2000).problems().map(\.path) == ["year_start"])
    }
}
