import Fetching
import Foundation
import Testing

@testable import Harvesting

@Suite struct OpenAlexRecordTests {
    private func work(_ json: String) throws -> Work {
        try JSONDecoder().decode(OpenAlexRecord.self, from: Data(json.utf8)).work
    }

    @Test func nullsAreNoTrouble() throws {
        let work = try work(
            """
            {"id":"https://openalex.org/W1","doi":null,"title":null,"publication_year":null,"open_access":null,
             "best_oa_location":null,"primary_location":null,"locations":[null]}
            """)
        #expect(work.id == "W1")
        #expect(work.isOpenAccess == false)
        #expect(work.candidates.isEmpty)
    }

    @Test func filesComeBeforePagesAndTheBestLocationFirst() throws {
        let work = try work(
            """
            {"id":"https://openalex.org/W1","doi":"https://doi.org/10.1000/ABC","title":"T","publication_year":2001,
             "open_access":{"is_oa":true,"oa_url":"http://best.example/f.pdf"},
             "best_oa_location":{"is_oa":true,"landing_page_url":"http://best.example/w",
               "pdf_url":"http://best.example/f.pdf"},
             "primary_location":{"is_oa":false,"landing_page_url":"https://doi.org/10.1000/abc","pdf_url":null},
             "locations":[
               {"is_oa":true,"landing_page_url":"http://best.example/w","pdf_url":"http://best.example/f.pdf"},
               {"is_oa":true,"landing_page_url":"http://other.example/w","pdf_url":"http://other.example/f.pdf"}]}
            """)
        #expect(work.doi == "10.1000/abc")
        #expect(
            work.candidates.map(\.url) == [
                "http://best.example/f.pdf", "http://other.example/f.pdf", "http://best.example/w",
                "http://other.example/w",
            ])
        #expect(work.candidates.map(\.role) == [.artifact, .artifact, .landing, .landing])
    }

    @Test(arguments: [
        ("https://doi.org/10.1000/ABC", "10.1000/abc"), ("http://dx.doi.org/10.1/x", "10.1/x"),
        ("http://dx.doi.org/10.12/x", "10.12/x"), (" doi:10.1000/a(b)<c> ", "10.1000/a(b)<c>"), ("10.1000", nil),
        ("11.1000/x", nil), ("10.1000/a b", nil), ("", nil),
    ])
    func doisAreNormalized(_ text: String, _ expected: String?) {
        #expect(DOI.normalized(text) == expected)
    }
}
