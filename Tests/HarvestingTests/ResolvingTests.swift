import Fetching
import Foundation
import HTTPTypes
import Testing

@testable import Harvesting

/// The way of a work through its resolvers.
@Suite struct ResolvingTests {
    private let resolvers = Resolvers(
        at: Dictionary(
            uniqueKeysWithValues: ResolverName.allCases.map {
                ($0, "http://\($0.rawValue.replacing("_", with: "-")).example")
            }),
        credentials: [.unpaywall: "me@b.example", .core: "k"])

    private func hosts(_ progress: WorkProgress) -> String? { progress.step?.address.host }

    private let gone = WorkProgress.Result.unusable(WorkOutcome(.httpError, reason: "http_404"))
    private let nothing = WorkProgress.Result.found(Findings())

    @Test func servicesAreAskedInOrderOnceTheRecordIsUsedUp() {
        let work = Work(
            id: "W1", doi: "10.1/x",
            candidates: [
                Candidate(url: "http://file.example/1.pdf", role: .artifact, resolver: .openalex),
                Candidate(url: "http://page.example/1", role: .landing, resolver: .landingPage),
            ])
        var progress = WorkProgress(work, resolvers: resolvers)
        var asked: [String] = []
        while let step = progress.step {
            asked.append(step.address.host)
            progress.record(step.lookup == nil ? gone : nothing, asking: resolvers)
        }
        #expect(
            asked == [
                "file.example", "unpaywall.example", "crossref.example", "europe-pmc.example", "core.example",
                "doaj.example", "semantic-scholar.example", "page.example", "zenodo.example", "openaire.example",
                "hal.example", "figshare.example", "wayback.example",
            ])
        #expect(progress.outcome?.reason == "http_404", "what the file's own host said")
    }

    @Test func cohortsHaveWhoKnowsThemBestFirst() {
        let deposit = Work(id: "W1", doi: "10.1/x", pmcid: "PMC7")
        #expect(hosts(WorkProgress(deposit, resolvers: resolvers)) == "europe-pmc.example")
        let preprint = Work(id: "W2", doi: "10.48550/arxiv.2301.01234")
        #expect(hosts(WorkProgress(preprint, resolvers: resolvers)) == "arxiv.example")
        let order = ResolverOrder(names: [.crossref], first: [.pmcid: [.europePMC]])
        #expect(hosts(WorkProgress(deposit, order: order, resolvers: resolvers)) == "crossref.example")
    }

    @Test func whatAServiceKnowsIsTriedBeforeTheNextIsAsked() {
        let order = ResolverOrder(names: [.unpaywall, .crossref], first: [:])
        var progress = WorkProgress(Work(id: "W1", doi: "10.1/x"), order: order, resolvers: resolvers)
        let files = ["http://a.example/1.pdf", "http://b.example/1.pdf"]
        progress.record(.found(Findings(files: files, pages: ["http://c.example/1"])), asking: resolvers)
        #expect(progress.step?.role == .artifact)
        #expect(progress.step?.resolver == .unpaywall)
        progress.record(gone, asking: resolvers)
        #expect(hosts(progress) == "b.example")
        progress.record(gone, asking: resolvers)
        #expect(hosts(progress) == "crossref.example", "pages are not wanted in this order")
        // What was tried is not tried again, whoever offers it.
        progress.record(.found(Findings(files: files)), asking: resolvers)
        #expect(progress.outcome?.reason == "http_404")
    }

    @Test func pagesWaitForTheirTurn() {
        let order = ResolverOrder(names: [.unpaywall, .crossref, .landingPage, .doaj], first: [:])
        var progress = WorkProgress(Work(id: "W1", doi: "10.1/x"), order: order, resolvers: resolvers)
        progress.record(.found(Findings(pages: ["http://early.example/?utm_source=x"])), asking: resolvers)
        #expect(hosts(progress) == "crossref.example")
        progress.record(nothing, asking: resolvers)
        #expect(progress.step?.address.text == "http://early.example/")
        #expect(progress.step?.role == .landing)
        progress.record(gone, asking: resolvers)
        progress.record(.found(Findings(pages: ["http://late.example/"])), asking: resolvers)
        #expect(hosts(progress) == "late.example")
    }

    @Test func aQuestionMayLeadToAnother() {
        let order = ResolverOrder(names: [.figshare], first: [:])
        var progress = WorkProgress(
            Work(id: "W1", doi: "10.6084/m9.figshare.7"), order: order, resolvers: resolvers)
        progress.record(.found(Findings(next: Lookup("/articles/7", stage: 1))), asking: resolvers)
        #expect(progress.step?.address.path == "/articles/7")
        #expect(progress.step?.lookup?.stage == 1)
    }

    @Test func aServiceThatFailsCostsOnlyItsAnswer() {
        let order = ResolverOrder(names: [.unpaywall, .crossref], first: [:])
        var progress = WorkProgress(Work(id: "W1", doi: "10.1/x"), order: order, resolvers: resolvers)
        for _ in 1...WorkRules.triesPerAddress {
            #expect(hosts(progress) == "unpaywall.example")
            progress.record(.transient(WorkOutcome(.httpError, reason: "http_503")), asking: resolvers)
        }
        #expect(hosts(progress) == "crossref.example")
        progress.record(nothing, asking: resolvers)
        #expect(progress.outcome?.reason == "http_503")
    }

    @Test func aWorkMayTakeOnlySoLong() {
        var progress = WorkProgress(Work(id: "W1", doi: "10.1/x"), resolvers: resolvers)
        progress.record(nothing, elapsed: WorkRules.timeBudget, asking: resolvers)
        #expect(progress.outcome?.reason == "time_budget_exhausted")
    }

    @Test func closedWorksAreLookedForOnlyWhereTheJobSaysSo() {
        let closed = Work(id: "W1", doi: "10.1/x", isOpenAccess: false)
        #expect(WorkProgress(closed, resolvers: resolvers).outcome?.reason == "closed_access")
        #expect(
            WorkProgress(closed, rules: WorkRules(seeksClosed: true), resolvers: resolvers).step?.resolver == .unpaywall
        )
    }

    @Test func aListAsksNobody() {
        let work = Work(
            id: "W1", candidates: [Candidate(url: "http://a.example/1", role: .artifact, resolver: .openalex)])
        let outcome = WorkProgress(work, rules: WorkRules(isListOnly: true), resolvers: resolvers).outcome
        #expect(outcome?.reason == "list_only")
        #expect(outcome?.url == "http://a.example/1")
    }

    @Test func itGoesOnFromItsText() throws {
        var progress = WorkProgress(Work(id: "W1", doi: "10.1/x"), resolvers: resolvers)
        progress.record(
            .found(Findings(files: ["http://a.example/1.pdf"], pages: ["http://p.example/"])), asking: resolvers)
        var again = try JSONDecoder().decode(WorkProgress.self, from: JSONEncoder().encode(progress))
        while let step = progress.step {
            #expect(again.step == step)
            let result = step.lookup == nil ? gone : nothing
            progress.record(result, asking: resolvers)
            again.record(result, asking: resolvers)
        }
        #expect(again.outcome == progress.outcome)
    }

    @Test func credentialsAreSentAndNotRecorded() throws {
        let lookup = Lookup("/v2/10.1%2Fx")
        let byQuery = try #require(resolvers[.unpaywall])
        #expect(
            try byQuery.request(for: lookup).address.text == "http://unpaywall.example/v2/10.1%2Fx?email=me%40b.example"
        )
        #expect(try byQuery.address(of: lookup).text == "http://unpaywall.example/v2/10.1%2Fx")
        let byField = try #require(resolvers[.core])
        #expect(try byField.request(for: Lookup("/x?q=1")).headers[.authorization] == "Bearer k")
    }

    @Test func aJobsCredentialsComeBeforeThoseOfTheSettings() throws {
        let settings = Resolvers(at: [.core: "http://core.example", .unpaywall: "http://unpaywall.example"])
        #expect(settings[.core] == nil && settings[.unpaywall] == nil)
        #expect(settings.unavailable.keys.sorted { $0.order < $1.order } == [.unpaywall, .core])
        let job = settings.with([.core: "theirs", .openalex: "key"])
        #expect(job.unavailable.keys.map(\.self) == [.unpaywall])
        #expect(job.openAlexKey == "key")
        #expect(
            try resolvers.with([.core: "theirs"])[.core]?.request(for: Lookup("/x")).headers[.authorization]
                == "Bearer theirs")
    }
}
