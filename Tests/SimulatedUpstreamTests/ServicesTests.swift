import HTTPTypes
import Testing

@testable import SimulatedUpstream

@Suite("Services that know where files are")
struct ServicesTests {
    private let upstream: Upstream

    init() throws {
        upstream = try Upstream.invented(700)
    }

    /// How each service is asked for a work.
    private func question(_ service: ServiceName, _ work: Work) -> String {
        let doi = work.doi ?? "10.5555/none"
        let query =
            switch service {
            case .unpaywall: "/v2/\(doi)?email=me@a.example"
            case .crossref: "/works/\(doi)?mailto=me@a.example"
            case .arxiv: "/api/query?id_list=\(doi.split(separator: "arxiv.").last ?? "")"
            case .europePMC: "/europepmc/webservices/rest/search?query=DOI:%22\(doi)%22&resultType=core&format=json"
            case .core: "/v3/search/works?q=doi:%22\(doi)%22"
            case .doaj: "/api/search/articles/doi:\(doi)"
            case .semanticScholar: "/graph/v1/paper/DOI:\(doi)?fields=openAccessPdf"
            case .zenodo: "/api/records?q=doi:%22\(doi)%22"
            case .osf: "/v2/preprints/\(doi.split(separator: "/").last ?? "")/?embed=primary_file"
            case .openaire: "/graph/v1/researchProducts?pid=\(doi)"
            case .hal: "/search/?q=doiId_s:%22\(doi)%22&fl=fileMain_s,files_s,uri_s&wt=json"
            case .figshare: "/v2/articles/\(doi.split(separator: ".").last ?? "")"
            case .wayback: "/wayback/available?url=\(Self.escaped(work.locations.compactMap(\.pdfURL).first))"
            }
        return "http://\(service.host)\(query)"
    }

    private static func escaped(_ url: String?) -> String {
        (url ?? "http://a.example/").replacing("%", with: "%25").replacing("&", with: "%26")
    }

    private func answer(_ service: ServiceName, _ work: Work) throws -> String {
        try upstream.answer(for: question(service, work), headers: [.authorization: "Bearer key"]).text
    }

    @Test("name the PDF of the works that they alone know, and of no others", arguments: ServiceName.allCases)
    func deposits(_ service: ServiceName) throws {
        var known = 0
        for work in upstream.catalog.works {
            guard let deposit = work.deposit else { continue }
            let text = try answer(service, work)
            let named = service == .wayback ? deposit.url.replacing("id_/", with: "/") : deposit.url
            #expect(text.contains("\"\(named)\"") == (deposit.service == service), "\(work.id) \(deposit.service)")
            guard deposit.service == service else { continue }
            known += 1
            #expect(work.offer == PDFOffer(urls: [deposit.url], via: .service(service)))
            #expect(try upstream.follow(deposit.url).answer.isPDF, "\(deposit.url)")
        }
        #expect(known > 1, "\(service)")
    }

    @Test("know nothing of other works", arguments: ServiceName.allCases)
    func unknown(_ service: ServiceName) throws {
        let closed = try #require(
            upstream.catalog.works.first { work in
                work.offer.via == nil && work.locations.allSatisfy { $0.pdfURL == nil }
            })
        #expect(try !answer(service, closed).contains(".pdf\""))
    }

    @Test("say so when they are asked without what they want to know")
    func credentials() throws {
        let work = try #require(upstream.catalog.works.first { $0.doi != nil })
        let doi = try #require(work.doi)
        let core = try upstream.answer(for: question(.core, work))
        #expect(core.status == .unauthorized)
        let unpaywall = try upstream.answer(for: "http://api.unpaywall.org/v2/\(doi)")
        #expect(unpaywall.status == .unprocessableContent)
        #expect(try upstream.answer(for: "http://api.unpaywall.org/v2/10.1/none?email=a@b.example").status == .notFound)
        #expect(try upstream.answer(for: "http://api.crossref.org/works/10.1/none").status == .notFound)
    }

    @Test("are asked for metadata, and for robots.txt as any host is")
    func roles() {
        for service in ServiceName.allCases {
            #expect(upstream.catalog.role(of: URLKey(host: service.host, target: "/anything")) == .metadata)
            #expect(upstream.catalog.role(of: URLKey(host: service.host, target: "/robots.txt")) == .landing)
        }
    }

    @Test("list what the record has, where that is their trade")
    func records() throws {
        let work = try #require(upstream.catalog.works.first { $0.doi != nil && $0.offer.via == .location })
        let file = try #require(work.locations.compactMap(\.pdfURL).first)
        #expect(try answer(.unpaywall, work).contains("\"url_for_pdf\":\"\(file)\""))
        #expect(try answer(.crossref, work).contains("\"URL\":\"\(file)\""))
    }
}
