package import Fetching

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

/// One URL that may hold a work's file, or the way to it.
package struct Candidate: Codable, Hashable, Sendable {
    package let url: String
    /// `artifact` where a file is expected, `landing` where a page is.
    package let role: FetchRole
    /// Which resolver offers it.
    package let resolver: Resolver

    package init(url: String, role: FetchRole, resolver: Resolver) {
        self.url = url
        self.role = role
        self.resolver = resolver
    }
}

extension FetchRole: Codable {}

/// Where candidates come from.
package enum Resolver: String, Codable, Sendable {
    /// The job named the URL itself.
    case given
    /// The locations in the work's OpenAlex record.
    case openalex
    /// Links on the work's landing pages.
    case landingPage = "landing_page"

    /// Its place in the order of trying.
    package var order: Int {
        switch self {
        case .given: 0
        case .openalex: 1
        case .landingPage: 2
        }
    }
}
