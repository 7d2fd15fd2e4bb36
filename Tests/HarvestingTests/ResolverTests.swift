import Fetching
import Foundation
import Testing

@testable import Harvesting

/// Each resolver against answers of the shape that its service gives.
@Suite struct ResolverTests {
    private let work = Work(id: "W1", doi: "10.1234/ab(c)", pmcid: nil)

    private func findings(_ resolver: any Resolver, _ answer: String, stage: Int = 0) throws -> Findings {
        try resolver.findings(in: Data(answer.utf8), to: Lookup("", stage: stage))
    }

    private func targets(_ resolver: any Resolver, _ work: Work, failed: [String] = []) -> [String] {
        resolver.lookups(for: work, failed: failed).map(\.target)
    }

    @Test("an answer of 10 MB that is nested as deep as it is long says nothing", arguments: ResolverName.allCases)
    func hostile(_ name: ResolverName) throws {
        guard let resolver = name.resolver else { return }
        for part in ["[", "{\"results\":", "{\"message\":{\"link\":["] {
            let answer = Data(String(repeating: part, count: (10 << 20) / part.utf8.count).utf8)
            let findings = try? resolver.findings(in: answer, to: Lookup(""))
            #expect(findings == nil || findings == Findings())
        }
    }

    @Test func unpaywall() throws {
        #expect(targets(UnpaywallResolver(), work) == ["/v2/10.1234%2Fab%28c%29"])
        let found = try findings(
            UnpaywallResolver(),
            #"""
            {"doi":"10.1234/ab(c)","is_oa":true,"best_oa_location":{"url":"https://a.example/1.pdf",
            "url_for_pdf":"https://a.example/1.pdf","url_for_landing_page":"https://a.example/1"},
            "oa_locations":[{"url_for_pdf":null,"url_for_landing_page":"https://b.example/2"},17,null]}
            """#)
        #expect(found.files == ["https://a.example/1.pdf"])
        #expect(found.pages == ["https://a.example/1", "https://b.example/2"])
        #expect(try findings(UnpaywallResolver(), #"{"best_oa_location":null,"oa_locations":[]}"#) == Findings())
    }

    @Test func crossref() throws {
        #expect(targets(CrossrefResolver(), work) == ["/works/10.1234%2Fab%28c%29"])
        let found = try findings(
            CrossrefResolver(),
            #"""
            {"status":"ok","message":{"link":[{"URL":"https://a.example/x.xml","content-type":"text/xml"},
            {"URL":"https://a.example/f","content-type":"application/pdf","content-version":"vor"},
            {"URL":"https://a.example/g.PDF","content-type":"unspecified"}]}}
            """#)
        #expect(found.files == ["https://a.example/f", "https://a.example/g.PDF"])
        #expect(try findings(CrossrefResolver(), #"{"message":{}}"#) == Findings())
    }

    @Test func arXiv() throws {
        #expect(targets(ArXivResolver(), work).isEmpty)
        let preprint = Work(id: "W2", doi: "10.48550/arxiv.2301.01234")
        #expect(targets(ArXivResolver(), preprint) == ["/api/query?id_list=2301.01234&max_results=1"])
        let found = try findings(
            ArXivResolver(),
            #"""
            <?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"><entry>
            <link href="http://arxiv.org/abs/2301.01234v1" rel="alternate" type="text/html"/>
            <link title="pdf" href="http://arxiv.org/pdf/2301.01234v1" rel="related" type="application/pdf"/>
            </entry></feed>
            """#)
        #expect(found.files == ["http://arxiv.org/pdf/2301.01234v1"])
    }

    @Test func europePMC() throws {
        let query = "&resultType=core&format=json"
        #expect(
            targets(EuropePMCResolver(), Work(id: "W", doi: "10.1/x", pmcid: "PMC7"))
                == ["/search?query=PMCID%3APMC7" + query])
        #expect(
            targets(EuropePMCResolver(), Work(id: "W", doi: "10.1/x")) == ["/search?query=DOI%3A%2210.1%2Fx%22" + query]
        )
        let found = try findings(
            EuropePMCResolver(),
            #"""
            {"resultList":{"result":[{"id":"1","fullTextUrlList":{"fullTextUrl":[
            {"documentStyle":"pdf","availabilityCode":"OA","site":"Europe_PMC","url":"https://e.example/PMC7?pdf=render"},
            {"documentStyle":"pdf","availabilityCode":"S","site":"Publisher","url":"https://closed.example/1.pdf"},
            {"documentStyle":"html","availabilityCode":"OA","url":"https://e.example/PMC7"}]}},{"id":"2"}]}}
            """#)
        #expect(found.files == ["https://e.example/PMC7?pdf=render"])
    }

    @Test func core() throws {
        #expect(targets(COREResolver(), work) == ["/search/works?q=doi%3A%2210.1234%2Fab%28c%29%22&limit=10"])
        let found = try findings(
            COREResolver(),
            #"""
            {"totalHits":2,"results":[{"id":1,"downloadUrl":"https://core.example/1.pdf","sourceFulltextUrls":["https://r.example/1"]},
            {"id":2,"downloadUrl":null,"sourceFulltextUrls":null}]}
            """#)
        #expect(found.files == ["https://core.example/1.pdf", "https://r.example/1"])
    }

    @Test func doaj() throws {
        #expect(targets(DOAJResolver(), work) == ["/search/articles/doi%3A10.1234%2Fab%28c%29?pageSize=5"])
        let found = try findings(
            DOAJResolver(),
            #"""
            {"total":1,"results":[{"id":"x","bibjson":{"link":[{"type":"fulltext","content_type":"PDF","url":"https://j.example/1.pdf"},
            {"type":"fulltext","content_type":"HTML","url":"https://j.example/1"},{"type":"other","url":"https://j.example/2"}]}}]}
            """#)
        #expect(found == Findings(files: ["https://j.example/1.pdf"], pages: ["https://j.example/1"]))
    }

    @Test func semanticScholar() throws {
        #expect(
            targets(SemanticScholarResolver(), work) == ["/paper/DOI:10.1234%2Fab%28c%29?fields=openAccessPdf"])
        let found = try findings(
            SemanticScholarResolver(),
            #"{"paperId":"1","openAccessPdf":{"url":"https://s.example/1.pdf","status":"GREEN"}}"#)
        #expect(found.files == ["https://s.example/1.pdf"])
        for none in [#"{"openAccessPdf":null}"#, #"{"openAccessPdf":{"url":""}}"#, "{}"] {
            #expect(try findings(SemanticScholarResolver(), none) == Findings())
        }
    }

    @Test func zenodo() throws {
        #expect(targets(ZenodoResolver(), work) == ["/records?q=doi%3A%2210.1234%2Fab%28c%29%22&size=3"])
        let found = try findings(
            ZenodoResolver(),
            #"""
            {"hits":{"hits":[{"id":1,"files":[{"key":"data.csv","links":{"self":"https://z.example/data.csv/content"}},
            {"key":"Paper.PDF","links":{"self":"https://z.example/Paper.PDF/content"}}]},{"id":2}],"total":2}}
            """#)
        #expect(found.files == ["https://z.example/Paper.PDF/content"])
    }

    @Test func osf() throws {
        #expect(targets(OSFResolver(), work).isEmpty)
        #expect(
            targets(OSFResolver(), Work(id: "W", doi: "10.31219/osf.io/ab3de"))
                == ["/preprints/ab3de/?embed=primary_file"])
        let found = try findings(
            OSFResolver(),
            #"""
            {"data":{"id":"ab3de","embeds":{"primary_file":{"data":{"links":{"download":"https://osf.example/download/1"}}}}}}
            """#)
        #expect(found.files == ["https://osf.example/download/1"])
        #expect(try findings(OSFResolver(), #"{"data":{"id":"ab3de"}}"#) == Findings())
    }

    @Test func openAIRE() throws {
        #expect(targets(OpenAIREResolver(), work) == ["/researchProducts?pid=10.1234%2Fab%28c%29&pageSize=3"])
        let found = try findings(
            OpenAIREResolver(),
            #"""
            {"header":{"numFound":1},"results":[{"instances":[{"accessRight":{"code":"c_abf2","label":"OPEN"},
            "urls":["https://o.example/1.pdf","https://o.example/1"]},{"accessRight":{"label":"CLOSED"},"urls":["https://c.example/"]},
            {"accessRight":null,"urls":["https://n.example/"]}]}]}
            """#)
        #expect(found == Findings(files: ["https://o.example/1.pdf"], pages: ["https://o.example/1"]))
    }

    @Test func hal() throws {
        #expect(
            targets(HALResolver(), work)
                == ["/search/?q=doiId_s%3A%2210.1234%2Fab%28c%29%22&fl=fileMain_s,files_s&wt=json&rows=3"])
        let found = try findings(
            HALResolver(),
            #"""
            {"response":{"numFound":1,"docs":[{"uri_s":"https://h.example/1","fileMain_s":"https://h.example/1/document",
            "files_s":["https://h.example/1/a.pdf","https://h.example/1/a.tex"]}]}}
            """#)
        #expect(found.files == ["https://h.example/1/document", "https://h.example/1/a.pdf"])
    }

    @Test func figshareTakesTwoQuestions() throws {
        #expect(targets(FigshareResolver(), work) == ["/articles?resource_doi=10.1234%2Fab%28c%29"])
        #expect(
            targets(FigshareResolver(), Work(id: "W", doi: "10.6084/m9.figshare.7"))
                == ["/articles?doi=10.6084%2Fm9.figshare.7"])
        #expect(
            try findings(FigshareResolver(), #"[{"id":7,"title":"x"}]"#)
                == Findings(next: Lookup("/articles/7", stage: 1)))
        #expect(try findings(FigshareResolver(), "[]") == Findings())
        let found = try findings(
            FigshareResolver(),
            #"""
            {"id":7,"files":[{"id":1,"name":"a.pdf","is_link_only":false,"download_url":"https://f.example/1","mimetype":"application/pdf"},
            {"id":2,"name":"b.zip","download_url":"https://f.example/2"},{"name":"c.pdf","is_link_only":true,"download_url":"https://f.example/3"}]}
            """#, stage: 1)
        #expect(found.files == ["https://f.example/1"])
    }

    @Test func waybackIsAskedForWhatFailedOnly() throws {
        #expect(targets(WaybackResolver(), work).isEmpty)
        #expect(
            targets(WaybackResolver(), work, failed: ["http://a.example/1.pdf"])
                == ["/wayback/available?url=http%3A%2F%2Fa.example%2F1.pdf"])
        let found = try findings(
            WaybackResolver(),
            #"""
            {"url":"a.example/1.pdf","archived_snapshots":{"closest":{"available":true,"timestamp":"20240101000000",
            "url":"http://web.archive.org/web/20240101000000/http://a.example/1.pdf","status":"200"}}}
            """#)
        #expect(found.files == ["http://web.archive.org/web/20240101000000id_/http://a.example/1.pdf"])
        #expect(try findings(WaybackResolver(), #"{"url":"x","archived_snapshots":{}}"#) == Findings())
    }

    @Test(arguments: ResolverName.choosable)
    func whatIsNotOfTheServicesShapeIsRefused(_ name: ResolverName) throws {
        guard let resolver = name.resolver, name != .arxiv else { return }
        for answer in ["", "<html>", "[17", #"{"results":7,"message":7,"hits":7,"data":7,"response":7}"#] {
            if let found = try? findings(resolver, answer) { #expect(found == Findings(), "\(name) \(answer)") }
        }
    }
}
