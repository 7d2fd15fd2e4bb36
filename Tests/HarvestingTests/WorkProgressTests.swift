import Fetching
import Testing

@testable import Harvesting

extension WorkProgress {
    /// With nobody to ask.
    fileprivate init(_ work: Work, rules: WorkRules = WorkRules()) {
        self.init(work, rules: rules, resolvers: Resolvers(at: [:]))
    }

    fileprivate mutating func record(_ result: Result) {
        record(result, asking: Resolvers(at: [:]))
    }
}

@Suite struct WorkProgressTests {
    private func work(_ candidates: [Candidate], isOpenAccess: Bool? = true) -> Work {
        Work(
            id: "W1", isOpenAccess: isOpenAccess, candidates: candidates)
    }

    private func file(_ url: String) -> Candidate { Candidate(url: url, role: .artifact, resolver: .openalex) }
    private func page(_ url: String) -> Candidate { Candidate(url: url, role: .landing, resolver: .landingPage) }

    @Test func candidatesAreTriedInOrderUntilOneYields() {
        var progress = WorkProgress(
            work([file("http://a.example/1.pdf"), page("http://b.example/w")]))
        #expect(progress.step?.address.text == "http://a.example/1.pdf")
        progress.record(.unusable(WorkOutcome(.httpError, reason: "http_404")))
        #expect(progress.step?.address.text == "http://b.example/w")
        #expect(progress.step?.role == .landing)
        progress.record(.received(WorkOutcome(.pdf)))
        #expect(progress.step == nil)
        #expect(progress.outcome?.classification == .pdf)
    }

    @Test func linksOfAPageComeBeforeTheOtherCandidatesAndCarryTheirReferrer() throws {
        var progress = WorkProgress(work([page("http://a.example/w"), page("http://b.example/w")]))
        let links = try ["http://a.example/1.pdf", "http://a.example/2.pdf"].map { try WebAddress(parsing: $0) }
        progress.record(.page(links: links, WorkOutcome(.html, reason: "no_pdf_link")))
        #expect(progress.step?.address.text == "http://a.example/1.pdf")
        #expect(progress.step?.referrer == "http://a.example/w")
        #expect(progress.step?.role == .artifact)
        progress.record(.unusable(WorkOutcome(.miss, reason: "pdf_too_small")))
        #expect(progress.step?.address.text == "http://a.example/2.pdf")
    }

    @Test func redirectsAreBounded() throws {
        var progress = WorkProgress(work([file("http://a.example/0")]))
        for hop in 1...WorkRules.maximumRedirects {
            progress.record(.redirected(to: try WebAddress(parsing: "http://a.example/\(hop)")))
            #expect(progress.step?.address.path == "/\(hop)")
        }
        progress.record(.redirected(to: try WebAddress(parsing: "http://a.example/last")))
        #expect(progress.outcome?.reason == "too_many_redirects")
    }

    @Test func aRedirectInACircleEnds() throws {
        var progress = WorkProgress(work([file("http://a.example/0")]))
        progress.record(.redirected(to: try WebAddress(parsing: "http://a.example/1")))
        progress.record(.redirected(to: try WebAddress(parsing: "http://a.example/0")))
        #expect(progress.outcome?.reason == "too_many_redirects")
    }

    @Test func whatMayPassIsTriedAgainAFewTimes() {
        var progress = WorkProgress(work([file("http://a.example/1")]))
        for _ in 1..<WorkRules.triesPerAddress {
            progress.record(.transient(WorkOutcome(.miss, reason: "connect_error")))
            #expect(progress.step?.address.text == "http://a.example/1")
        }
        progress.record(.transient(WorkOutcome(.miss, reason: "connect_error")))
        #expect(progress.outcome?.reason == "connect_error")
    }

    @Test func aWorkMayCostOnlySoManyRequests() {
        let candidates = (0..<100).map { file("http://a.example/\($0)") }
        var progress = WorkProgress(work(candidates))
        var requests = 0
        while progress.step != nil {
            requests += 1
            progress.record(.unusable(WorkOutcome(.httpError, reason: "http_404")))
        }
        #expect(requests == WorkRules().requestBudget)
        #expect(progress.outcome?.reason == "request_budget_exhausted")
        #expect(progress.outcome?.reasonDetail == "http_404")
    }

    @Test func aDryRunEndsWhereADownloadWouldBegin() throws {
        var progress = WorkProgress(work([page("http://a.example/w")]), rules: WorkRules(isDryRun: true))
        #expect(progress.step?.role == .landing)
        progress.record(
            .page(links: [try WebAddress(parsing: "http://a.example/1.pdf")], WorkOutcome(.html)))
        #expect(progress.outcome?.classification == .skipped)
        #expect(progress.outcome?.reason == "dry_run")
        #expect(progress.outcome?.url == "http://a.example/1.pdf")
    }

    @Test func aPageThatIsAFileIsAskedForAsOne() {
        var progress = WorkProgress(work([page("http://a.example/w")]))
        progress.record(.file)
        #expect(progress.step?.address.text == "http://a.example/w")
        #expect(progress.step?.role == .artifact)
        var planned = WorkProgress(work([page("http://a.example/w")]), rules: WorkRules(isDryRun: true))
        planned.record(.file)
        #expect(planned.outcome?.reason == "dry_run")
    }

    @Test func closedWorksWithNothingToTryCostNothing() {
        #expect(WorkProgress(work([], isOpenAccess: false)).outcome?.reason == "closed_access")
        #expect(WorkProgress(work([])).outcome?.reason == "no_candidate")
    }

    @Test func anUnusableURLIsExplained() {
        let outcome = WorkProgress(work([file("ftp://a.example/1")])).outcome
        #expect(outcome?.reason == "invalid_url")
        #expect(outcome?.reasonDetail?.contains("neither http nor https") == true)
    }
}
