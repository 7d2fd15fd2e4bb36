import HTTPTypes

/// Answers as doaj.org does.
struct DOAJAPI: ScholarlyService {
    let catalog: Catalog

    func answer(to request: UpstreamRequest) -> Answer {
        guard let doi = request.path(after: "/api/search/articles/doi:") else { return .notFound }
        let found = catalog.deposit(doi: doi, in: .doaj).map { work, deposit -> [JSON] in
            let link: JSON = ["type": "fulltext", "content_type": "PDF", "url": .string(deposit.url)]
            let record: JSON = [
                "title": JSON(work.title), "identifier": [["type": "doi", "id": JSON(work.doi)]], "link": [link],
            ]
            return [["id": .string(deposit.id), "bibjson": record]]
        }
        return .json(
            .ok, ["total": JSON(found?.count ?? 0), "page": 1, "pageSize": 10, "results": .array(found ?? [])])
    }
}
