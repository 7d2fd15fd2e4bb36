import Foundation

/// The file of a preprint on arXiv, where the work is known to be one. https://info.arxiv.org/help/api
struct ArXivResolver: Resolver {
    func lookups(for work: Work, failed: [String]) -> [Lookup] {
        work.arXivID.map { [Lookup("/api/query?id_list=\(PercentEncoding.encoded($0))&max_results=1")] } ?? []
    }

    /// The answer is an Atom feed; its links are all in attributes.
    func findings(in answer: Data, to lookup: Lookup) throws -> Findings {
        let links = HTMLTags(answer).filter { $0.name == "link" }
        return Findings(
            files: links.filter { $0["title"] == "pdf" || $0["type"] == "application/pdf" }.compactMap { $0["href"] })
    }
}
