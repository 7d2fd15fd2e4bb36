import Foundation

/// Full texts of articles in open access journals. https://doaj.org/api/docs
struct DOAJResolver: Resolver {
    private struct Answer: Decodable {
        struct Result: Decodable {
            let bibjson: Record
        }

        struct Record: Decodable {
            let link: [Lossy<Link>]?
        }

        struct Link: Decodable {
            let type: String?
            let contentType: String?
            let url: String

            enum CodingKeys: String, CodingKey {
                case type
                case contentType = "content_type"
                case url
            }
        }

        let results: [Lossy<Result>]
    }

    func lookups(for work: Work, failed: [String]) -> [Lookup] {
        work.doi.map { [Lookup("/search/articles/\(PercentEncoding.encoded("doi:\($0)"))?pageSize=5")] } ?? []
    }

    func findings(in answer: Data, to lookup: Lookup) throws -> Findings {
        let links = try JSONDecoder().decode(Answer.self, from: answer).results
            .compactMap(\.value).flatMap { $0.bibjson.link ?? [] }.compactMap(\.value)
            .filter { $0.type == "fulltext" }
        let isFile = { (link: Answer.Link) in link.contentType?.lowercased() == "pdf" }
        return Findings(files: links.filter(isFile).map(\.url), pages: links.filter { !isFile($0) }.map(\.url))
    }
}
