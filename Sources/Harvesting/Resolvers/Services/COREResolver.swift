import Foundation

/// Copies in repositories that CORE has gathered; needs a key. https://api.core.ac.uk/docs/v3
struct COREResolver: Resolver {
    private struct Answer: Decodable {
        struct Result: Decodable {
            let downloadUrl: String?
            let sourceFulltextUrls: [String]?
        }

        let results: [Lossy<Result>]
    }

    func lookups(for work: Work, failed: [String]) -> [Lookup] {
        work.doi.map { [Lookup("/search/works?q=\(PercentEncoding.encoded("doi:\"\($0)\""))&limit=10")] } ?? []
    }

    func findings(in answer: Data, to lookup: Lookup) throws -> Findings {
        let results = try JSONDecoder().decode(Answer.self, from: answer).results.compactMap(\.value)
        return Findings(files: results.compactMap(\.downloadUrl) + results.flatMap { $0.sourceFulltextUrls ?? [] })
    }
}
