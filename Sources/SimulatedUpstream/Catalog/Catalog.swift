/// All works, and everything that is found at a URL because of them.
package struct Catalog: Sendable {
    static let apiHost = "api.openalex.org"

    let works: [Work]
    let index: SearchIndex
    private let resources: [URLKey: Resource]
    private let numbersByID: [String: Int]
    private let numbersByDOI: [String: Int]

    /// Of works with the same id or address the first one wins.
    init(works given: [Work]) {
        var ids: Set<String> = []
        let works = given.filter { ids.insert($0.id).inserted }
        self.works = works
        index = SearchIndex(works.lazy.map(\.searchText))
        numbersByID = Dictionary(works.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        numbersByDOI = Self.numbersByDOI(works)
        resources = ResourceMap(works: works, numbersByDOI: numbersByDOI).resources
    }

    package var count: Int { works.count }

    func resource(at key: URLKey) -> Resource? {
        if let resource = resources[key] { return resource }
        guard DOI.hosts.contains(key.host) else { return nil }
        return resources[URLKey(host: "doi.org", target: key.target.lowercased())]
    }

    func number(ofDOI doi: String) -> Int? { numbersByDOI[doi] }

    func number(ofID id: String) -> Int? { numbersByID[id] }

    /// What a request is for, judged by its URL.
    func role(of key: URLKey) -> RequestRole {
        if key.host == Self.apiHost { return .metadata }
        switch resource(at: key) {
        case .pdf, .paywall, .gone, .moved: return .artifact
        case .landing, .doi: return .landing
        // What crawlers ask before they ask for pages is no question to the service.
        case nil: return ServiceName(host: key.host) == nil || key.target == "/robots.txt" ? .landing : .metadata
        }
    }

    /// A work's own DOI comes before the DOI of one of its locations.
    private static func numbersByDOI(_ works: [Work]) -> [String: Int] {
        var numbers: [String: Int] = [:]
        for (number, work) in works.enumerated() {
            if let doi = work.doi, numbers[doi] == nil { numbers[doi] = number }
        }
        for (number, work) in works.enumerated() {
            for doi in work.locations.compactMap({ $0.landingURL.flatMap { DOI.bare($0) } }) where numbers[doi] == nil {
                numbers[doi] = number
            }
        }
        return numbers
    }
}
