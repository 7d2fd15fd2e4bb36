import Fetching

/// The resolvers that this process can ask.
package struct Resolvers: Sendable {
    private let services: [ResolverName: ResolverService]
    /// Resolvers that cannot be asked, and what is missing.
    package let unavailable: [ResolverName: String]
    /// The order for jobs that say none.
    package let order: ResolverOrder

    package init(
        _ services: [ResolverName: ResolverService], unavailable: [ResolverName: String] = [:],
        order: ResolverOrder = .usual
    ) {
        self.services = services
        self.unavailable = unavailable
        self.order = order
    }

    subscript(name: ResolverName) -> ResolverService? { services[name] }
}

extension ResolverName {
    /// What asks its service; `nil` for those whose candidates come by another way.
    package var resolver: (any Resolver)? {
        switch self {
        case .given, .openalex, .landingPage: nil
        case .unpaywall: UnpaywallResolver()
        case .crossref: CrossrefResolver()
        case .arxiv: ArXivResolver()
        case .europePMC: EuropePMCResolver()
        case .core: COREResolver()
        case .doaj: DOAJResolver()
        case .semanticScholar: SemanticScholarResolver()
        case .zenodo: ZenodoResolver()
        case .osf: OSFResolver()
        case .openaire: OpenAIREResolver()
        case .hal: HALResolver()
        case .figshare: FigshareResolver()
        case .wayback: WaybackResolver()
        }
    }

    /// Where its service is by default, without a trailing slash.
    package var publicBaseURL: String? {
        switch self {
        case .given, .openalex, .landingPage: nil
        case .unpaywall: "https://api.unpaywall.org"
        case .crossref: "https://api.crossref.org"
        case .arxiv: "https://export.arxiv.org"
        case .europePMC: "https://www.ebi.ac.uk/europepmc/webservices/rest"
        case .core: "https://api.core.ac.uk/v3"
        case .doaj: "https://doaj.org/api"
        case .semanticScholar: "https://api.semanticscholar.org/graph/v1"
        case .zenodo: "https://zenodo.org/api"
        case .osf: "https://api.osf.io/v2"
        case .openaire: "https://api.openaire.eu/graph/v1"
        case .hal: "https://api.archives-ouvertes.fr"
        case .figshare: "https://api.figshare.com/v2"
        case .wayback: "https://archive.org"
        }
    }
}
