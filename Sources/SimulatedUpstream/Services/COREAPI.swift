import HTTPTypes

/// Answers as api.core.ac.uk does.
struct COREAPI: ScholarlyService {
    let catalog: Catalog

    func answer(to request: UpstreamRequest) -> Answer {
        guard request.path == "/v3/search/works", let query = request.item("q") else { return .notFound }
        guard request.headers[.authorization]?.hasPrefix("Bearer ") == true else {
            return .json(.unauthorized, ["message": "A valid API key is needed."])
        }
        let found = catalog.deposit(doi: Self.quoted(query), in: .core).map { work, deposit -> [JSON] in
            [
                [
                    "id": .number(deposit.id), "doi": JSON(work.doi), "downloadUrl": .string(deposit.url),
                    "sourceFulltextUrls": [.string(deposit.url)],
                    "links": [["type": "download", "url": .string(deposit.url)]],
                ]
            ]
        }
        return .json(
            .ok,
            ["totalHits": JSON(found?.count ?? 0), "limit": 10, "offset": 0, "results": .array(found ?? [])])
    }
}
