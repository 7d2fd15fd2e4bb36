import Foundation
import HTTPTypes
import Testing

@testable import SimulatedUpstream

@Suite("Recorded works", .enabled(if: ProcessInfo.processInfo.environment["WEIR_RECORDED_WORKS"] != nil))
struct RecordedWorksTests {
    @Test("are served as recorded, and their PDFs are where their locations say")
    func recorded() throws {
        let folder = try #require(ProcessInfo.processInfo.environment["WEIR_RECORDED_WORKS"])
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".json") }
            .sorted()
        let catalog = try Catalog(recorded: files.map { "\(folder)/\($0)" })
        let upstream = try Upstream(catalog: catalog, limits: [], toleranceMilliseconds: 0, faults: [])
        let names = ["title", "publication_date", "locations", "abstract_inverted_index"]
        for file in files {
            let data = try #require(FileManager.default.contents(atPath: "\(folder)/\(file)"))
            for record in try JSONParser.parse(Array(data))["results"]?.array ?? [] {
                let id = try #require(record["id"]?.string.flatMap { Work.shortID($0) })
                let served = try upstream.answer(for: "http://api.openalex.org/works/\(id)").json
                for name in names {
                    #expect(served[name] == record[name]?.withPlainURLs)
                }
            }
        }
        for work in catalog.works {
            #expect((work.offer.via == .location) == work.locations.contains { $0.pdfURL != nil })
            for url in work.offer.urls {
                #expect(try upstream.follow(url).answer.isPDF, "\(url)")
            }
            if let doi = work.doi {
                #expect(try upstream.follow("http://doi.org/\(doi)").answer.status == .ok)
            }
        }
    }
}
