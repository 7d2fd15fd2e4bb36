import Fetching

/// Works named by DOI. What OpenAlex does not know is still looked for, behind its DOI's landing page.
struct DOIWorks: WorkSource {
    let openAlex: OpenAlexClient
    /// Where DOIs resolve, without a trailing slash.
    let resolverURL: String
    let dois: [String]

    func page(after cursor: String?) async throws -> WorksPage {
        let start = cursor.flatMap(Int.init) ?? 0
        let batch = dois.dropFirst(start).prefix(OpenAlexClient.batchSize).compactMap(DOI.normalized)
        let known = try await openAlex.works(byDOI: batch)
        let works = batch.map { doi in
            known[doi]
                ?? Work(
                    id: "doi:\(doi)", doi: doi, title: nil, publicationYear: nil, isOpenAccess: nil,
                    candidates: [Candidate(url: "\(resolverURL)/\(doi)", role: .landing, resolver: .landingPage)])
        }
        let next = start + OpenAlexClient.batchSize
        return WorksPage(works: works, next: next < dois.count ? String(next) : nil)
    }
}
