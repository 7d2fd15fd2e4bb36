import Fetching

/// Works that the user named by DOI or URL. What OpenAlex knows of those with a DOI comes on top; what it does not know
/// is still looked for, behind its DOI's landing page.
struct GivenWorks: WorkSource {
    let openAlex: OpenAlexClient
    /// Where DOIs resolve, without a trailing slash.
    let doiResolverURL: String
    let manifest: Manifest
    let job: String

    private static let pageSize = 50

    func page(after cursor: String?, for inquiry: Inquiry) async throws -> WorksPage {
        let start = cursor.flatMap(Int.init) ?? 0
        let given = try await manifest.given(to: job, from: start, limit: Self.pageSize)
        let known = try await openAlex.works(byDOI: given.compactMap(\.doi), for: inquiry)
        let next = given.count == Self.pageSize ? String(start + given.count) : nil
        return WorksPage(works: given.map { work(of: $0, known) }, next: next)
    }

    private func work(of given: GivenWork, _ known: [String: Work]) -> Work {
        var work = given.doi.flatMap { known[$0] } ?? unknown(given)
        work.title = given.title ?? work.title
        work.publicationYear = given.publicationYear ?? work.publicationYear
        if let url = given.url {
            work.candidates.insert(Candidate(url: url, role: .artifact, resolver: .given), at: 0)
        }
        return work
    }

    private func unknown(_ given: GivenWork) -> Work {
        guard let doi = given.doi else {
            let url = WebAddress.withoutUser(given.url ?? "")
            return Work(id: "url:\((try? WebAddress(parsing: url).text) ?? url)")
        }
        let page = "\(doiResolverURL)/\(PercentEncoding.encoded(doi, keeping: "/()[]:;,"))"
        return Work(
            id: "doi:\(doi)", doi: doi, candidates: [Candidate(url: page, role: .landing, resolver: .landingPage)])
    }
}
