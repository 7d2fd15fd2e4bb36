import Fetching
import Testing

@testable import Harvesting

@Suite struct LandingPageTests {
    private func links(_ html: String, at page: String = "http://a.example/dir/page.html") throws -> [String] {
        LandingPage.links(in: Array(html.utf8), at: try WebAddress(parsing: page)).map(\.text)
    }

    @Test(arguments: [
        ("<meta name=citation_pdf_url content=/f.pdf>", "http://a.example/f.pdf"),
        ("<META CONTENT='f.pdf?a=1&amp;b=2' NAME='Citation_PDF_URL'/>", "http://a.example/dir/f.pdf?a=1&b=2"),
        ("<link type=\"application/pdf\" rel=alternate href=//b.example/f>", "http://b.example/f"),
        ("<link type=\"application/pdf\" href=\"g&#x2e;pdf\">", "http://a.example/dir/g.pdf"),
        ("<p><a class=x\nhref = 'Files/A%20b.PDF' >here</a>", "http://a.example/dir/Files/A%20b.PDF"),
        ("<base href='http://c.example/x/'><a href=y.pdf>", "http://c.example/x/y.pdf"),
        ("<a href=http://d.example:80/f.pdf>", "http://d.example/f.pdf"),
    ])
    func linksAreFoundAndResolved(_ html: String, _ expected: String) throws {
        #expect(try links(html) == [expected])
    }

    @Test(arguments: [
        "<!-- <a href=x.pdf> --><p>",
        "<script>document.write('<a href=x.pdf>')</script>",
        "<link type=application/pdf rel=stylesheet href=x>",
        "<a href=http://u:p@d.example/f.pdf>", "<a href=http://d.example:65536/f.pdf>", "<a href=x.pdf?page=1>",
        "<a href='mailto:x.pdf'>", "<a name=x.pdf>", "<meta name=citation_pdf_url>",
        "<", "<a", "<a href", "<a href=", "<a href='x.pdf", "</a href=x.pdf>", "<!--",
    ])
    func whatIsNoLinkIsNotFollowed(_ html: String) throws {
        // The last attribute of a tag that never ends is not trusted either, unless it was closed.
        #expect(try links(html).allSatisfy { $0 == "http://a.example/dir/x.pdf" && html.hasSuffix("'x.pdf") })
    }

    @Test func theMostTrustedLinkComesFirstAndNoneTwice() throws {
        let html = """
            <a href=c.pdf></a><a href=a.pdf></a><link type=application/pdf href=b.pdf>
            <meta name=citation_pdf_url content=a.pdf>
            """
        #expect(
            try links(html) == ["a", "b", "c"].map { "http://a.example/dir/\($0).pdf" })
    }

    @Test func anyBytesAreSurvived() throws {
        var generator = SystemRandomNumberGenerator()
        let address = try WebAddress(parsing: "http://a.example/")
        let alphabet = Array("<>/='\" abmetlinkhrf!-&#;x\u{FF}\u{0}".utf8)
        for _ in 0..<500 {
            let bytes = (0..<200).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            _ = LandingPage.links(in: bytes, at: address)
        }
    }
}
