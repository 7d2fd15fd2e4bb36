import Foundation

/// Full texts in PubMed Central and Europe PMC. https://europepmc.org/RestfulWebService
struct EuropePMCResolver: Resolver {
    private struct Answer: Decodable {
        struct ResultList: Decodable {
            let result: [Lossy<Result>]
        }

        struct Result: Decodable {
            let fullTextUrlList: URLList?
        }

        struct URLList: Decodable {
            let fullTextUrl: [Lossy<FullText>]
        }

        struct FullText: Decodable {
            let documentStyle: String?
            let availabilityCode: String?
            let url: String

            /// Open access or free; the others ask for a subscription.
            var isOpen: Bool { availabilityCode == "OA" || availabilityCode == "F" }
        }

        let resultList: ResultList
    }

    func lookups(for work: Work, failed: [String]) -> [Lookup] {
        let question = work.pmcid.map { "PMCID:\($0)" } ?? work.doi.map { "DOI:\"\($0)\"" }
        return question.map {
            [Lookup("/search?query=\(PercentEncoding.encoded($0))&resultType=core&format=json")]
        } ?? []
    }

    func findings(in answer: Data, to lookup: Lookup) throws -> Findings {
        let results = try JSONDecoder().decode(Answer.self, from: answer).resultList.result
        let texts = results.compactMap(\.value?.fullTextUrlList).flatMap(\.fullTextUrl).compactMap(\.value)
        return Findings(files: texts.filter { $0.isOpen && $0.documentStyle == "pdf" }.map(\.url))
    }
}
