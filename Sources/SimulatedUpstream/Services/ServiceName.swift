/// The services that know where files are, besides OpenAlex.
enum ServiceName: String, Sendable, CaseIterable {
    case unpaywall
    case crossref
    case arxiv
    case europePMC = "europe_pmc"
    case core
    case doaj
    case semanticScholar = "semantic_scholar"
    case zenodo
    case osf
    case openaire
    case hal
    case figshare
    case wayback

    /// Where it is asked.
    var host: String {
        switch self {
        case .unpaywall: "api.unpaywall.org"
        case .crossref: "api.crossref.org"
        case .arxiv: "export.arxiv.org"
        case .europePMC: "www.ebi.ac.uk"
        case .core: "api.core.ac.uk"
        case .doaj: "doaj.org"
        case .semanticScholar: "api.semanticscholar.org"
        case .zenodo: "zenodo.org"
        case .osf: "api.osf.io"
        case .openaire: "api.openaire.eu"
        case .hal: "api.archives-ouvertes.fr"
        case .figshare: "api.figshare.com"
        case .wayback: "archive.org"
        }
    }

    private static let byHost = Dictionary(uniqueKeysWithValues: allCases.map { ($0.host, $0) })

    init?(host: String) {
        guard let name = Self.byHost[host] else { return nil }
        self = name
    }
}
