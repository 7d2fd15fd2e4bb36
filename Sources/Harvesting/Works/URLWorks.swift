import Fetching
import Logging

/// Each given URL is a work of its own.
struct URLWorks: WorkSource {
    let urls: [String]

    private static let pageSize = 100

    func page(after cursor: String?, logger: Logger) async throws -> WorksPage {
        let start = cursor.flatMap(Int.init) ?? 0
        let works = urls.dropFirst(start).prefix(Self.pageSize).map { url in
            Work(
                id: "url:\((try? WebAddress(parsing: url).text) ?? url)",
                doi: nil, title: nil, publicationYear: nil, isOpenAccess: nil,
                candidates: [Candidate(url: url, role: .artifact, resolver: .given)])
        }
        let next = start + Self.pageSize
        return WorksPage(works: works, next: next < urls.count ? String(next) : nil)
    }
}
