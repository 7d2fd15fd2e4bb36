import HTTPTypes

/// Answers as api.figshare.com does.
struct FigshareAPI: ScholarlyService {
    let catalog: Catalog

    func answer(to request: UpstreamRequest) -> Answer {
        if request.path == "/v2/articles" {
            let found = request.item("doi").flatMap { catalog.deposit(doi: $0, in: .figshare) }
            return .json(.ok, .array(found.map { [Self.item($0.work, $0.deposit)] } ?? []))
        }
        guard let id = request.path(after: "/v2/articles/"),
            let (work, deposit) = catalog.deposit(doi: "10.6084/m9.figshare.\(id)", in: .figshare)
        else {
            return .json(.notFound, ["code": "EntityNotFound", "message": "Entity not found: article"])
        }
        let file: JSON = [
            "id": 1, "name": "paper.pdf", "is_link_only": false, "mimetype": "application/pdf",
            "download_url": .string(deposit.url),
        ]
        return .json(
            .ok, .object(Self.item(work, deposit).members.merging(["files": [file]]) { first, _ in first }))
    }

    private static func item(_ work: Work, _ deposit: Deposit) -> JSON {
        [
            "id": .number(deposit.id), "title": JSON(work.title), "doi": JSON(work.doi),
            "url_public_api": "http://api.figshare.com/v2/articles/\(deposit.id)",
        ]
    }
}
