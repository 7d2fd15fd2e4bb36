import Foundation

/// Archived copies of files that are gone from where they were. https://archive.org/help/wayback_api.php
struct WaybackResolver: Resolver {
    private struct Answer: Decodable {
        struct Snapshots: Decodable {
            let closest: Snapshot?
        }

        struct Snapshot: Decodable {
            let available: Bool?
            let url: String
            let timestamp: String
            let status: String?
        }

        let snapshots: Snapshots?

        enum CodingKeys: String, CodingKey {
            case snapshots = "archived_snapshots"
        }
    }

    /// More addresses than this are not asked for.
    private static let most = 3

    func lookups(for work: Work, failed: [String]) -> [Lookup] {
        failed.prefix(Self.most).map { Lookup("/wayback/available?url=\(PercentEncoding.encoded($0))") }
    }

    func findings(in answer: Data, to lookup: Lookup) throws -> Findings {
        guard let snapshot = try JSONDecoder().decode(Answer.self, from: answer).snapshots?.closest,
            snapshot.available != false, snapshot.status.map({ $0 == "200" }) ?? true
        else { return Findings() }
        // With `id_` behind the time come the bytes as they were archived, and not a page around them.
        let stamp = "/\(snapshot.timestamp)/"
        return Findings(files: [snapshot.url.replacing(stamp, with: "/\(snapshot.timestamp)id_/", maxReplacements: 1)])
    }
}
