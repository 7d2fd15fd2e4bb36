/// The resolvers that are asked, by this process or for one job.
package struct Resolvers: Sendable {
    private let baseURLs: [ResolverName: String]
    /// Keys and mail addresses; never logged, recorded or told.
    private var credentials: [ResolverName: String]
    /// The order for jobs that say none.
    package let order: ResolverOrder

    /// - Parameter baseURLs: where their services are, without trailing slashes.
    package init(
        at baseURLs: [ResolverName: String], credentials: [ResolverName: String] = [:], order: ResolverOrder = .usual
    ) {
        self.baseURLs = baseURLs
        self.credentials = credentials
        self.order = order
    }

    /// The same, with these credentials instead of its own.
    func with(_ credentials: [ResolverName: String]) -> Resolvers {
        var changed = self
        changed.credentials.merge(credentials) { $1 }
        return changed
    }

    /// Resolvers that cannot be asked, and what to do about it.
    package var unavailable: [ResolverName: String] {
        baseURLs.keys.reduce(into: [:]) { $0[$1] = credentials[$1] == nil ? $1.remedy : nil }
    }

    /// `nil` where it cannot be asked.
    subscript(name: ResolverName) -> ResolverService? {
        guard let resolver = name.resolver, let baseURL = baseURLs[name] else { return nil }
        let credential = credentials[name].flatMap(name.credential)
        guard credential != nil || name.remedy == nil else { return nil }
        return ResolverService(resolver: resolver, baseURL: baseURL, credential: credential)
    }

    /// Key for the listing of works.
    package var openAlexKey: String? { credentials[.openalex] }
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
