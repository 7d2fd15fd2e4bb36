import Fetching

/// A work as api.openalex.org describes it, in the fields we ask for. Any of them may be null.
struct OpenAlexRecord: Decodable, Sendable {
    let id: String
    let doi: String?
    let title: String?
    let publicationYear: Int?
    let ids: IDs?
    let openAccess: OpenAccess?
    let bestOALocation: Location?
    let primaryLocation: Location?
    let locations: [Location?]?

    struct IDs: Decodable, Sendable {
        let pmcid: String?
    }

    struct OpenAccess: Decodable, Sendable {
        let isOA: Bool?
        let oaURL: String?

        enum CodingKeys: String, CodingKey {
            case isOA = "is_oa"
            case oaURL = "oa_url"
        }
    }

    struct Location: Decodable, Sendable {
        let isOA: Bool?
        let landingPageURL: String?
        let pdfURL: String?

        enum CodingKeys: String, CodingKey {
            case isOA = "is_oa"
            case landingPageURL = "landing_page_url"
            case pdfURL = "pdf_url"
        }
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case id
        case doi
        case title
        case publicationYear = "publication_year"
        case ids
        case openAccess = "open_access"
        case bestOALocation = "best_oa_location"
        case primaryLocation = "primary_location"
        case locations
    }
}

extension OpenAlexRecord {
    /// The work with its candidates: files first, the best open location's before others; then the pages of open
    /// locations, which may link a file that the record does not know.
    var work: Work {
        let isOpenAccess = openAccess?.isOA ?? false
        let all = ([bestOALocation, primaryLocation] + (locations ?? [])).compactMap(\.self)
        var candidates = all.compactMap(\.pdfURL).map { Candidate(url: $0, role: .artifact, resolver: .openalex) }
        var pages = all.filter { $0.isOA == true }.compactMap(\.landingPageURL)
        if let oaURL = openAccess?.oaURL, !all.contains(where: { $0.pdfURL == oaURL }) { pages.insert(oaURL, at: 0) }
        if pages.isEmpty, isOpenAccess { pages = all.compactMap(\.landingPageURL) }
        candidates += pages.map { Candidate(url: $0, role: .landing, resolver: .landingPage) }
        var seen: Set<String> = []
        return Work(
            id: id.split(separator: "/").last.map(String.init) ?? id,
            doi: doi.flatMap(DOI.normalized),
            title: title,
            publicationYear: publicationYear,
            isOpenAccess: isOpenAccess,
            pmcid: ids?.pmcid.flatMap(Self.pmcid),
            arXivID: all.compactMap(\.landingPageURL).compactMap(ArXivID.inURL).first,
            candidates: candidates.filter { seen.insert($0.url).inserted }
        )
    }

    /// The number at the end of an address, which comes with or without its prefix.
    private static func pmcid(_ text: String) -> String? {
        let number = text.reversed().prefix { $0.isASCII && $0.isNumber }.reversed()
        return number.isEmpty ? nil : "PMC" + String(number)
    }
}
