import Testing

@testable import Harvesting

@Suite struct BodySnifferTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let head: String
        var contentType: String?
        var path = "/x"
        let expected: Classification?

        var testDescription: String { "\(head.prefix(20)) \(contentType ?? "-") \(path)" }
    }

    @Test(arguments: [
        Case(head: "  \n<!DOCTYPE HTML><p>", contentType: "application/pdf", expected: .html),
        Case(head: "<HTML>", expected: .html),
        Case(head: "<head>", expected: .html),
        Case(head: "<?xml version='1.0'?><x>%PDF", expected: .xml),
        Case(head: "<rss>", contentType: "application/pdf", expected: .xml),
        Case(head: "%PDF-1.7", contentType: "text/html", expected: .pdf),
        Case(head: "\u{0}\u{1}junk before %PDF-1.4", expected: .pdf),
        Case(head: "plain words", contentType: "text/html; charset=utf-8", expected: .html),
        Case(head: "plain words", contentType: "application/atom+xml", expected: .xml),
        Case(head: "plain words", contentType: "Application/PDF", expected: .pdf),
        Case(head: "plain words", contentType: "application/octet-stream", path: "/a.PDF", expected: .pdf),
        Case(head: "plain words", contentType: "application/octet-stream", path: "/a.xml", expected: .xml),
        Case(head: "plain words", contentType: "application/octet-stream", expected: nil),
        Case(head: "", expected: nil),
    ])
    func theFirstRuleThatMatchesWins(_ sample: Case) {
        let sniffer = BodySniffer(contentType: sample.contentType, path: sample.path)
        #expect(sniffer.classify(Array(sample.head.utf8)) == sample.expected)
    }

    @Test func theMarkCountsOnlyInTheFirstTwoKibibytes() {
        let sniffer = BodySniffer(contentType: nil, path: "/x")
        let filler = [UInt8](repeating: 0x20, count: BodySniffer.window - 4)
        #expect(sniffer.classify(filler + Array("%PDF".utf8)) == .pdf)
        #expect(sniffer.classify(filler + Array(" %PDF".utf8)) == nil)
    }

    @Test func aPDFMustEndAsOne() {
        let tail = Array("startxref\n1\n%%EOF\n".utf8)
        #expect(PDFCheck.defect(length: 1024, tail: tail) == nil)
        #expect(PDFCheck.defect(length: 1023, tail: tail) == "pdf_too_small")
        #expect(PDFCheck.defect(length: 9999, tail: Array("cut off".utf8)) == "pdf_eof_missing")
        #expect(PDFCheck.defect(length: 9999, tail: tail + Array("</BODY></HTML>".utf8)) == "html_tail_detected")
    }
}
