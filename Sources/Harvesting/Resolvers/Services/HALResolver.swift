import Foundation

/// Deposits in the French open archive. https://api.archives-ouvertes.fr/docs/search
struct HALResolver: Resolver {
    private struct Answer: Decodable {
        struct Response: Decodable {
            let docs: [Lossy<Deposit>]
        }

        struct Deposit: Decodable {
            let mainFile: String?
            let files: [String]?

            enum CodingKeys: String, CodingKey {
                case mainFile = "fileMain_s"
                case files = "files_s"
            }
        }

        let response: Response
    }

    func lookups(for work: Work, failed: [String]) -> [Lookup] {
        work.doi.map { doi in
            [Lookup("/search/?q=\(PercentEncoding.encoded("doiId_s:\"\(doi)\""))&fl=fileMain_s,files_s&wt=json&rows=3")]
        } ?? []
    }

    func findings(in answer: Data, to lookup: Lookup) throws -> Findings {
        let deposits = try JSONDecoder().decode(Answer.self, from: answer).response.docs.compactMap(\.value)
        let others = deposits.flatMap { $0.files ?? [] }.filter { $0.lowercased().hasSuffix(".pdf") }
        return Findings(files: deposits.compactMap(\.mainFile) + others)
    }
}
