import Foundation

/// Links that publishers deposit with a DOI. https://api.crossref.org
struct CrossrefResolver: Resolver {
    private struct Answer: Decodable {
        struct Message: Decodable {
            let link: [Lossy<Link>]?
        }

        struct Link: Decodable {
            let url: String
            let contentType: String?

            enum CodingKeys: String, CodingKey {
                case url = "URL"
                case contentType = "content-type"
            }

            var isFile: Bool { contentType == "application/pdf" || url.lowercased().hasSuffix(".pdf") }
        }

        let message: Message
    }

    func lookups(for work: Work, failed: [String]) -> [Lookup] {
        work.doi.map { [Lookup("/works/\(PercentEncoding.encoded($0))")] } ?? []
    }

    func findings(in answer: Data, to lookup: Lookup) throws -> Findings {
        let links = try JSONDecoder().decode(Answer.self, from: answer).message.link ?? []
        return Findings(files: links.compactMap(\.value).filter(\.isFile).map(\.url))
    }
}
