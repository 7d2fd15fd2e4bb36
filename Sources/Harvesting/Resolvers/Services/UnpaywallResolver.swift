import Foundation

/// Open copies of an article by its DOI. https://unpaywall.org/products/api
struct UnpaywallResolver: Resolver {
    private struct Answer: Decodable {
        struct Location: Decodable {
            let file: String?
            let page: String?

            enum CodingKeys: String, CodingKey {
                case file = "url_for_pdf"
                case page = "url_for_landing_page"
            }
        }

        let best: Location?
        let locations: [Lossy<Location>]?

        enum CodingKeys: String, CodingKey {
            case best = "best_oa_location"
            case locations = "oa_locations"
        }
    }

    func lookups(for work: Work, failed: [String]) -> [Lookup] {
        work.doi.map { [Lookup("/v2/\(PercentEncoding.encoded($0))")] } ?? []
    }

    func findings(in answer: Data, to lookup: Lookup) throws -> Findings {
        let answer = try JSONDecoder().decode(Answer.self, from: answer)
        let locations = [answer.best].compactMap(\.self) + (answer.locations ?? []).compactMap(\.value)
        return Findings(files: locations.compactMap(\.file), pages: locations.compactMap(\.page))
    }
}
