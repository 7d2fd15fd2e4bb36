import HTTPTypes

/// Answers as zenodo.org does.
struct ZenodoAPI: ScholarlyService {
    let catalog: Catalog

    func answer(to request: UpstreamRequest) -> Answer {
        guard request.path == "/api/records", let query = request.item("q") else { return .notFound }
        let found = catalog.deposit(doi: Self.quoted(query), in: .zenodo).map { work, deposit -> [JSON] in
            let file: JSON = ["id": "f1", "key": "paper.pdf", "links": ["self": .string(deposit.url)]]
            let data: JSON = [
                "id": "f2", "key": "data.csv",
                "links": ["self": "http://zenodo.org/api/records/\(deposit.id)/files/data.csv/content"],
            ]
            return [["id": .number(deposit.id), "doi": JSON(work.doi), "files": [data, file]]]
        }
        return .json(.ok, ["hits": ["hits": .array(found ?? []), "total": JSON(found?.count ?? 0)]])
    }
}
