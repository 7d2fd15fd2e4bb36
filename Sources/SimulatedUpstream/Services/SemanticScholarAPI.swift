import HTTPTypes

/// Answers as api.semanticscholar.org does.
struct SemanticScholarAPI: ScholarlyService {
    let catalog: Catalog

    func answer(to request: UpstreamRequest) -> Answer {
        guard let doi = request.path(after: "/graph/v1/paper/DOI:") else { return .notFound }
        guard let work = catalog.work(doi: doi) else {
            return .json(.notFound, ["error": "Paper with id DOI:\(doi) not found"])
        }
        var file = JSON.null
        if let deposit = work.deposit, deposit.service == .semanticScholar {
            file = ["url": .string(deposit.url), "status": "GREEN"]
        }
        return .json(.ok, ["paperId": .string(StableHash.hex(StableHash.hash(work.id))), "openAccessPdf": file])
    }
}
