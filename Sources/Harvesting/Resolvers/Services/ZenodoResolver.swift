import Foundation

/// Files of Zenodo's records. https://developers.zenodo.org
struct ZenodoResolver: Resolver {
    private struct Answer: Decodable {
        struct Hits: Decodable {
            let hits: [Lossy<Record>]
        }

        struct Record: Decodable {
            let files: [Lossy<File>]?
        }

        struct File: Decodable {
            struct Links: Decodable {
                let file: String

                enum CodingKeys: String, CodingKey {
                    case file = "self"
                }
            }

            let key: String
            let links: Links
        }

        let hits: Hits
    }

    func lookups(for work: Work, failed: [String]) -> [Lookup] {
        work.doi.map { [Lookup("/records?q=\(PercentEncoding.encoded("doi:\"\($0)\""))&size=3")] } ?? []
    }

    func findings(in answer: Data, to lookup: Lookup) throws -> Findings {
        let records = try JSONDecoder().decode(Answer.self, from: answer).hits.hits.compactMap(\.value)
        let files = records.flatMap { $0.files ?? [] }.compactMap(\.value)
        return Findings(files: files.filter { $0.key.lowercased().hasSuffix(".pdf") }.map(\.links.file))
    }
}
