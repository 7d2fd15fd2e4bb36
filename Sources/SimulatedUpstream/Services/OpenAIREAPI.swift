import HTTPTypes

/// Answers as api.openaire.eu does.
struct OpenAIREAPI: ScholarlyService {
    let catalog: Catalog

    func answer(to request: UpstreamRequest) -> Answer {
        guard request.path == "/graph/v1/researchProducts", let doi = request.item("pid") else { return .notFound }
        let found = catalog.deposit(doi: doi, in: .openaire).map { work, deposit -> [JSON] in
            let open: JSON = [
                "accessRight": ["code": "c_abf2", "label": "OPEN"], "type": "Article", "urls": [.string(deposit.url)],
            ]
            let closed: JSON = ["accessRight": nil, "type": "Article", "urls": []]
            return [
                [
                    "id": .string(deposit.id), "pids": [["scheme": "doi", "value": JSON(work.doi)]],
                    "instances": [closed, open],
                ]
            ]
        }
        return .json(
            .ok,
            [
                "header": ["numFound": JSON(found?.count ?? 0), "page": 1, "pageSize": 10],
                "results": .array(found ?? []),
            ])
    }
}
