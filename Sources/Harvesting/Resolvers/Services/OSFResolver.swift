import Foundation

/// Preprints of the Open Science Framework, which their DOIs name. https://developer.osf.io
struct OSFResolver: Resolver {
    private struct Answer: Decodable {
        struct Preprint: Decodable {
            let embeds: Embeds?
        }

        struct Embeds: Decodable {
            let file: Embedded?

            enum CodingKeys: String, CodingKey {
                case file = "primary_file"
            }
        }

        struct Embedded: Decodable {
            let data: File?
        }

        struct File: Decodable {
            struct Links: Decodable {
                let download: String?
            }

            let links: Links
        }

        let data: Preprint
    }

    func lookups(for work: Work, failed: [String]) -> [Lookup] {
        guard let match = work.doi?.firstMatch(of: #/osf\.io/([a-z0-9]{5}(?:_v[0-9]+)?)$/#) else { return [] }
        return [Lookup("/preprints/\(match.1)/?embed=primary_file")]
    }

    func findings(in answer: Data, to lookup: Lookup) throws -> Findings {
        let file = try JSONDecoder().decode(Answer.self, from: answer).data.embeds?.file?.data
        return Findings(files: [file?.links.download].compactMap(\.self))
    }
}
