/// A work that the user brings along: a DOI, a URL, or both.
package struct GivenWork: Codable, Hashable, Sendable {
    package var doi: String?
    /// Of a file or a landing page.
    package var url: String?
    package var title: String?
    package var publicationYear: Int?

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case doi
        case url
        case title
        case publicationYear = "publication_year"
    }

    package init(doi: String? = nil, url: String? = nil, title: String? = nil, publicationYear: Int? = nil) {
        self.doi = doi
        self.url = url
        self.title = title
        self.publicationYear = publicationYear
    }
}
