import HTTPTypes

/// Answers as api.archives-ouvertes.fr does.
struct HALAPI: ScholarlyService {
    let catalog: Catalog

    func answer(to request: UpstreamRequest) -> Answer {
        guard request.path == "/search/", let query = request.item("q") else { return .notFound }
        let found = catalog.deposit(doi: Self.quoted(query), in: .hal).map { _, deposit -> [JSON] in
            [["uri_s": "http://hal.science/\(deposit.id)", "fileMain_s": .string(deposit.url)]]
        }
        return .json(
            .ok,
            ["response": ["numFound": JSON(found?.count ?? 0), "start": 0, "docs": .array(found ?? [])]])
    }
}
