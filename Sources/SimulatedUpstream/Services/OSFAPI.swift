import HTTPTypes

/// Answers as api.osf.io does.
struct OSFAPI: ScholarlyService {
    let catalog: Catalog

    func answer(to request: UpstreamRequest) -> Answer {
        guard let rest = request.path(after: "/v2/preprints/"), let id = rest.split(separator: "/").first,
            let (_, deposit) = catalog.deposit(doi: "10.31219/osf.io/\(id)", in: .osf)
        else {
            return .json(.notFound, ["errors": [["detail": "Not found."]]])
        }
        let file: JSON = [
            "id": "1", "type": "files", "attributes": ["name": "preprint.pdf"],
            "links": ["download": .string(deposit.url)],
        ]
        let embeds: JSON = request.item("embed") == "primary_file" ? ["primary_file": ["data": file]] : [:]
        return .json(.ok, ["data": ["id": .string(deposit.id), "type": "preprints", "embeds": embeds]])
    }
}
