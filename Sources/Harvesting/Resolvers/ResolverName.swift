/// Who says where a work's file may be.
package enum ResolverName: String, Codable, Sendable, CaseIterable, CodingKeyRepresentable {
    /// The job named the URL itself.
    case given
    /// The locations in the work's OpenAlex record.
    case openalex
    case unpaywall
    case crossref
    case arxiv
    case europePMC = "europe_pmc"
    case core
    case doaj
    case semanticScholar = "semantic_scholar"
    /// Links on the work's landing pages.
    case landingPage = "landing_page"
    case zenodo
    case osf
    case openaire
    case hal
    case figshare
    /// Archived copies of what could not be had from where it was.
    case wayback

    /// Those that a job may choose and order.
    package static let choosable = allCases.filter { $0 != .given }

    /// Its place in the usual order of trying.
    package var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension ResolverName {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let name = ResolverName(rawValue: text) else {
            let known = Self.choosable.map(\.rawValue).joined(separator: ", ")
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "is no resolver; known are \(known)"))
        }
        self = name
    }
}
