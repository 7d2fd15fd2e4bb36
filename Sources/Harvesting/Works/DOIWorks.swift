import Fetching
import Logging

/// Works named by DOI. What OpenAlex does not know is still looked for, behind its DOI's landing page.
struct DOIWorks: WorkSource {
    let openAlex: OpenAlexClient
    /// Where DOIs resolve, without a trailing slash.
    let resolverURL: String
    let dois: [String]

    func page(after cursor: String?, logger: Logger) async throws -> WorksPage {
        let start = cursor.flatMap(Int.init) ?? 0
        let slice = OpenAlexClient.batch(of: dois.dropFirst(start))
        let batch = slice.compactMap(DOI.normalized)
        let known = try await openAlex.works(byDOI: batch, logger: logger)
        let works = batch.map { doi in
            known[doi]
                ?? Work(
                    id: "doi:\(doi)", doi: doi, title: nil, publicationYear: nil, isOpenAccess: nil,
                    candidates: [
                        Candidate(
                            url: "\(resolverURL)/\(PercentEncoding.encoded(doi, keeping: "/()[]:;,"))", role: .landing,
                            resolver: .landingPage)
                    ])
        }
        return WorksPage(works: works, next: slice.endIndex < dois.count ? String(slice.endIndex) : nil)
    }
}
