import HTTPTypes

/// Answers as api.crossref.org does.
struct CrossrefAPI: ScholarlyService {
    let catalog: Catalog

    func answer(to request: UpstreamRequest) -> Answer {
        guard let doi = request.path(after: "/works/"), let work = catalog.work(doi: doi) else {
            return .plain(.notFound, "Resource not found.")
        }
        var files = work.locations.compactMap(\.pdfURL)
        if let deposit = work.deposit, deposit.service == .crossref { files.append(deposit.url) }
        let links = files.map { url -> JSON in
            [
                "URL": .string(url), "content-type": "application/pdf", "content-version": "vor",
                "intended-application": "text-mining",
            ]
        }
        var message: [String: JSON] = ["DOI": JSON(work.doi), "title": .array([JSON(work.title)])]
        // Works without links have no list of them, rather than an empty one.
        if !links.isEmpty { message["link"] = .array(links) }
        var answer = Answer.json(.ok, ["status": "ok", "message-type": "work", "message": .object(message)])
        answer.headers[.crossrefLimit] = "50"
        answer.headers[.crossrefInterval] = "1s"
        answer.headers[.crossrefPool] = request.item("mailto") == nil ? "public" : "polite"
        return answer
    }
}
