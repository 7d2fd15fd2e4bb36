/// One publication of a harvest, with what its source knows of where its file may be.
package struct Work: Codable, Hashable, Sendable {
    /// Its name in the source: `W…` for OpenAlex, `doi:…` or `url:…` for works that were only given.
    package let id: String
    /// Lower-case, without a resolver's prefix.
    package var doi: String?
    package var title: String?
    package var publicationYear: Int?
    /// `nil` when the source does not know.
    package var isOpenAccess: Bool?
    /// In PubMed Central, such as `PMC1234567`.
    package var pmcid: String?
    /// On arXiv, such as `2301.01234` or `hep-th/9901001`.
    package var arXivID: String?
    /// In the order in which they are to be tried.
    package var candidates: [Candidate]

    package init(
        id: String, doi: String? = nil, title: String? = nil, publicationYear: Int? = nil, isOpenAccess: Bool? = nil,
        pmcid: String? = nil, arXivID: String? = nil, candidates: [Candidate] = []
    ) {
        self.id = id
        self.doi = doi
        self.title = title
        self.publicationYear = publicationYear
        self.isOpenAccess = isOpenAccess
        self.pmcid = pmcid
        self.arXivID = arXivID ?? doi.flatMap(ArXivID.inDOI)
        self.candidates = candidates
    }
}
