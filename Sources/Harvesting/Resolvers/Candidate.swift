package import Fetching

/// One URL that may hold a work's file, or the way to it.
package struct Candidate: Codable, Hashable, Sendable {
    package let url: String
    /// `artifact` where a file is expected, `landing` where a page is.
    package let role: FetchRole
    /// Which resolver offers it.
    package let resolver: ResolverName

    package init(url: String, role: FetchRole, resolver: ResolverName) {
        self.url = url
        self.role = role
        self.resolver = resolver
    }
}

extension FetchRole: Codable {}
