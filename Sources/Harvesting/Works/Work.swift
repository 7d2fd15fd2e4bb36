/// One publication of a harvest, with what its source knows of where its file may be.
package struct Work: Codable, Hashable, Sendable {
    /// Its name in the source: `W…` for OpenAlex, `doi:…` or `url:…` for works that were only given.
    package let id: String
    /// Lower-case, without a resolver's prefix.
    package let doi: String?
    package let title: String?
    package let publicationYear: Int?
    /// `nil` when the source does not know.
    package let isOpenAccess: Bool?
    /// In the order in which they are to be tried.
    package let candidates: [Candidate]
}
