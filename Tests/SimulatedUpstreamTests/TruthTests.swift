import HTTPTypes
import Testing

@testable import SimulatedUpstream

@Suite("What is served is what is said")
struct TruthTests {
    @Test("every work's PDF is where the truth says, and nowhere else")
    func offers() throws {
        let upstream = try Upstream.invented(600)
        var forms: [LinkFinder.Form: Int] = [:]
        var ways: [PDFOffer.Way?: Int] = [:]
        for work in upstream.catalog.works {
            let offer = work.offer
            ways[offer.via, default: 0] += 1
            for url in offer.urls {
                #expect(try upstream.follow(url).answer.isPDF, "\(url)")
            }
            for url in work.locations.compactMap(\.pdfURL) where !offer.urls.contains(url) {
                #expect(try !upstream.follow(url).answer.isPDF, "\(url)")
            }
            for url in work.locations.compactMap(\.landingURL) {
                let (final, page) = try upstream.follow(url)
                #expect(page.status == .ok)
                let link = try LinkFinder.pdfLink(in: page.text, at: final)
                #expect((link != nil) == (offer.via == .location || offer.via == .landing), "\(url)")
                if let link {
                    forms[link.form, default: 0] += 1
                    #expect(try upstream.follow(link.url).answer.isPDF, "\(link.url) of \(final)")
                }
            }
        }
        #expect(ways.keys.count == 3 + ServiceName.allCases.count)
        #expect(Set(forms.keys) == Set(LinkFinder.Form.allCases))
        let lines = try upstream.answer(for: "http://any.example/_sim/works").text.split(separator: "\n")
        #expect(lines.count == upstream.catalog.count)
    }

    @Test("URLs are the same however they are escaped")
    func escaping() throws {
        let file = "https://f.example/a[1]%20b;2.pdf?x=1&y=2"
        let records: [JSON] = [
            [
                "id": "https://openalex.org/W1", "doi": "https://doi.org/10.1/A(b)<c>",
                "locations": [["landing_page_url": "https://doi.org/10.1/A(b)<c>", "pdf_url": .string(file)]],
            ],
            ["id": "https://openalex.org/W2", "locations": [["landing_page_url": .string(file), "pdf_url": nil]]],
        ]
        let upstream = try Upstream(
            catalog: Catalog(works: records.compactMap { Work(record: $0) }), limits: [], toleranceMilliseconds: 0,
            faults: [])
        for url in [
            "http://F.example:80/a%5b1%5D%20b;2.pdf?x=1&y=2", "http://f.example/a[1] b%3B2.pdf?x=1%26y=2#page=3",
        ] {
            #expect(try upstream.answer(for: url).isPDF)
        }
        let page = try upstream.follow("http://dx.doi.org/10.1/a%28B%29%3Cc%3e")
        #expect(page.url == "http://f.example/landing/W1")
        #expect(try LinkFinder.pdfLink(in: page.answer.text, at: page.url) != nil)
        #expect(try upstream.answer(for: "http://doi.org/10.1/other").status == .notFound)
    }
}
