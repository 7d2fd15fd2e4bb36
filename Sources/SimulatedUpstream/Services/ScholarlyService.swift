import HTTPTypes

/// One service as its clients see it.
protocol ScholarlyService: Sendable {
    init(catalog: Catalog)

    func answer(to request: UpstreamRequest) -> Answer
}

extension ServiceName {
    private var type: any ScholarlyService.Type {
        switch self {
        case .unpaywall: UnpaywallAPI.self
        case .crossref: CrossrefAPI.self
        case .arxiv: ArXivAPI.self
        case .europePMC: EuropePMCAPI.self
        case .core: COREAPI.self
        case .doaj: DOAJAPI.self
        case .semanticScholar: SemanticScholarAPI.self
        case .zenodo: ZenodoAPI.self
        case .osf: OSFAPI.self
        case .openaire: OpenAIREAPI.self
        case .hal: HALAPI.self
        case .figshare: FigshareAPI.self
        case .wayback: WaybackAPI.self
        }
    }

    func answer(to request: UpstreamRequest, from catalog: Catalog) -> Answer {
        type.init(catalog: catalog).answer(to: request)
    }
}

extension ScholarlyService {
    /// What the quotation marks in a query hold: `doi:"10.1/x"`.
    static func quoted(_ text: String) -> String {
        text.split(separator: "\"", omittingEmptySubsequences: false).dropFirst().first.map(String.init) ?? text
    }
}

extension UpstreamRequest {
    /// The value of the first query item of this name.
    func item(_ name: String) -> String? { query.first { $0.name == name }?.value }

    /// What comes behind a part of the path, decoded.
    func path(after prefix: String) -> String? {
        let path = PercentEncoding.decode(path)
        return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : nil
    }
}

extension Catalog {
    /// The work with this DOI, in any spelling.
    func work(doi: String) -> Work? {
        DOI.bare(doi).flatMap { number(ofDOI: $0) }.map { works[$0] }
    }

    /// The work with this DOI, where the service is the one that knows its PDF.
    func deposit(doi: String, in service: ServiceName) -> (work: Work, deposit: Deposit)? {
        guard let work = work(doi: doi), let deposit = work.deposit, deposit.service == service else { return nil }
        return (work, deposit)
    }
}
