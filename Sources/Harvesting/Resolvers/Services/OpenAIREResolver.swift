import Foundation

/// Open copies in repositories all over Europe. https://graph.openaire.eu/docs/apis/graph-api
struct OpenAIREResolver: Resolver {
    private struct Answer: Decodable {
        struct Product: Decodable {
            let instances: [Lossy<Instance>]?
        }

        struct Instance: Decodable {
            let accessRight: AccessRight?
            let urls: [String]?
        }

        struct AccessRight: Decodable {
            let label: String?
        }

        let results: [Lossy<Product>]?
    }

    func lookups(for work: Work, failed: [String]) -> [Lookup] {
        work.doi.map { [Lookup("/researchProducts?pid=\(PercentEncoding.encoded($0))&pageSize=3")] } ?? []
    }

    func findings(in answer: Data, to lookup: Lookup) throws -> Findings {
        let products = try JSONDecoder().decode(Answer.self, from: answer).results ?? []
        let urls = products.compactMap(\.value).flatMap { $0.instances ?? [] }.compactMap(\.value)
            .filter { $0.accessRight?.label?.uppercased() == "OPEN" }
            .flatMap { $0.urls ?? [] }
        let isFile = { (url: String) in url.lowercased().hasSuffix(".pdf") }
        return Findings(files: urls.filter(isFile), pages: urls.filter { !isFile($0) })
    }
}
