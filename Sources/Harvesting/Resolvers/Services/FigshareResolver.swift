import Foundation

/// Files on Figshare: of an item with this DOI, or of one that belongs to an article with this DOI. The list of items
/// does not name their files, so it takes two questions. https://docs.figshare.com
struct FigshareResolver: Resolver {
    private struct Item: Decodable {
        let id: Int
    }

    private struct Article: Decodable {
        struct File: Decodable {
            let name: String?
            let isLinkOnly: Bool?
            let downloadURL: String?
            let mediaType: String?

            enum CodingKeys: String, CodingKey {
                case name
                case isLinkOnly = "is_link_only"
                case downloadURL = "download_url"
                case mediaType = "mimetype"
            }

            var isPDF: Bool {
                isLinkOnly != true && (mediaType == "application/pdf" || name?.lowercased().hasSuffix(".pdf") == true)
            }
        }

        let files: [Lossy<File>]?
    }

    func lookups(for work: Work, failed: [String]) -> [Lookup] {
        guard let doi = work.doi else { return [] }
        let field = doi.contains("figshare") ? "doi" : "resource_doi"
        return [Lookup("/articles?\(field)=\(PercentEncoding.encoded(doi))")]
    }

    func findings(in answer: Data, to lookup: Lookup) throws -> Findings {
        if lookup.stage == 0 {
            let items = try JSONDecoder().decode([Lossy<Item>].self, from: answer).compactMap(\.value)
            return Findings(next: items.first.map { Lookup("/articles/\($0.id)", stage: 1) })
        }
        let files = try JSONDecoder().decode(Article.self, from: answer).files ?? []
        return Findings(files: files.compactMap(\.value).filter(\.isPDF).compactMap(\.downloadURL))
    }
}
