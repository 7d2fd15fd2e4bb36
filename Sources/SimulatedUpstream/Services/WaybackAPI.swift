import HTTPTypes

/// Answers as archive.org's availability service does.
struct WaybackAPI: ScholarlyService {
    let catalog: Catalog

    static let timestamp = "20240101000000"

    /// Where the bytes of a snapshot are.
    static func snapshot(of url: String) -> String { "http://web.archive.org/web/\(timestamp)id_/\(url)" }

    func answer(to request: UpstreamRequest) -> Answer {
        guard request.path == "/wayback/available", let url = request.item("url") else { return .notFound }
        let isArchived = URLKey(Self.snapshot(of: url)).flatMap { catalog.resource(at: $0) } != nil
        let snapshot: JSON = [
            "available": true, "url": "http://web.archive.org/web/\(Self.timestamp)/\(url)", "status": "200",
            "timestamp": .string(Self.timestamp),
        ]
        return .json(
            .ok, ["url": .string(url), "archived_snapshots": isArchived ? ["closest": snapshot] : [:]])
    }
}
