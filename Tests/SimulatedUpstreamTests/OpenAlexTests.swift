import HTTPTypes
import Testing

@testable import SimulatedUpstream

@Suite("OpenAlex")
struct OpenAlexTests {
    private static let base = "http://api.openalex.org"
    private let upstream: Upstream

    init() throws {
        upstream = try .invented(300)
    }

    @Test(
        "pages through every match exactly once",
        arguments: [
            "search=rivers", "filter=title_and_abstract.search:River", "filter=publication_year:2000-2010",
            "filter=publication_year:-1995",
            "filter=publication_year:2010-,is_oa:true", "filter=topics.id:T90001|t90003&search=RIVERS",
            "filter=publication_year:>2005|<1995,open_access.is_oa:false",
            "filter=from_publication_date:2001-02-03,to_publication_date:2015-12-31", "",
        ], [1, 7, 200])
    func paging(query: String, perPage: Int) throws {
        var ids: [String] = []
        var cursor = "*"
        while true {
            let answer = try upstream.answer(
                for: "\(Self.base)/works?\(query)&per_page=\(perPage)&select=id,title&cursor=\(cursor)"
            ).json
            let results = answer["results"]?.array ?? []
            #expect(results.count <= perPage)
            #expect(results.allSatisfy { Set($0.members.keys) == ["id", "title"] })
            ids += results.compactMap { $0["id"]?.string.flatMap { Work.shortID($0) } }
            guard let next = answer["meta"]?["next_cursor"]?.string else {
                #expect(answer["meta"]?["count"]?.int == ids.count)
                break
            }
            cursor = next
        }
        #expect(ids == upstream.catalog.works.filter { Self.expected($0, query) }.map(\.id))
    }

    /// The same conditions, written down once more by hand.
    private static func expected(_ work: Work, _ query: String) -> Bool {
        let year = work.year ?? 0
        let date = work.date ?? ""
        return switch query {
        case "filter=publication_year:2000-2010": (2000...2010).contains(year)
        case "filter=publication_year:-1995": year <= 1995
        case "filter=publication_year:2010-,is_oa:true": year >= 2010 && work.isOpenAccess
        case "filter=topics.id:T90001|t90003&search=RIVERS":
            work.topics.contains { $0.id == "T90001" || $0.id == "T90003" }
        case "filter=publication_year:>2005|<1995,open_access.is_oa:false":
            (year > 2005 || year < 1995) && !work.isOpenAccess
        case "filter=from_publication_date:2001-02-03,to_publication_date:2015-12-31":
            date >= "2001-02-03" && date <= "2015-12-31"
        default: true
        }
    }

    @Test("finds works by DOI, however it is written")
    func byDOI() throws {
        let works = upstream.catalog.works.filter { $0.doi != nil }.prefix(3)
        let dois = works.compactMap(\.doi)
        let list = try upstream.answer(
            for: "\(Self.base)/works?filter=doi:\(dois[0])|https%3A%2F%2Fdoi.org/\(dois[1].uppercased())|10.1/none"
        ).json
        #expect(list["results"]?.array.count == 2)
        for path in ["doi:\(dois[2])", "https://doi.org/\(dois[2])", works[2].id] {
            let work = try upstream.answer(for: "\(Self.base)/works/\(path)").json
            #expect(work["id"]?.string == "http://openalex.org/\(works[2].id)")
        }
        #expect(try upstream.answer(for: "\(Self.base)/works/doi:10.1/none").status == .notFound)
    }

    @Test(
        "refuses what it does not know",
        arguments: ["filter=colour:blue", "per_page=201", "per-page=0", "cursor=abc", "filter=is_oa:maybe", "sorted=1"])
    func refusals(query: String) throws {
        let answer = try upstream.answer(for: "\(Self.base)/works?\(query)")
        #expect(answer.status == .badRequest)
        #expect(try answer.json["error"] == "Invalid query parameters error.")
    }

    @Test("counts credits for each key")
    func credits() throws {
        for (path, used, remaining) in [
            ("/works?api_key=a", "1", "1999999"), ("/works?search=rivers&api_key=a", "10", "1999989"),
            ("/works/W9000000001?api_key=a", "0", "1999989"), ("/topics?search=flood&api_key=b", "10", "1999990"),
        ] {
            let headers = try upstream.answer(for: Self.base + path).headers
            #expect(headers[.rateLimitCreditsUsed] == used)
            #expect(headers[.rateLimitRemaining] == remaining)
        }
    }

    @Test("finds topics by name")
    func topics() throws {
        let answer = try upstream.answer(for: "\(Self.base)/topics?search=floods").json
        let expected = upstream.catalog.works.count { $0.topics.contains { $0.id == "T90003" } }
        #expect(answer["results"]?.array.map { $0["works_count"]?.int } == [expected])
    }

    @Test("compares words without case, accents and plurals")
    func words() {
        let index = SearchIndex(["Études of the Açaí basin", "Two houses by rivers", "A study of a house"])
        #expect(index.works(matching: "etude ACAI") == [0])
        #expect(index.works(matching: "house") == [1, 2])
        #expect(index.works(matching: "studies house") == [2])
        #expect(index.works(matching: "river weir") == [])
    }
}
