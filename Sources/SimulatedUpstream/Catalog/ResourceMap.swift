/// Works out what is at which URL. A file comes before a landing page, an earlier work before a later one.
struct ResourceMap {
    private(set) var resources: [URLKey: Resource] = [:]

    init(works: [Work], numbersByDOI: [String: Int]) {
        for (number, work) in works.enumerated() {
            addFiles(of: work, number: number)
            if let deposit = work.deposit { add(.pdf(work: number, url: deposit.url), at: URLKey(deposit.url)) }
        }
        for (number, work) in works.enumerated() {
            for url in work.locations.compactMap(\.landingURL) + [work.accessURL].compactMap({ $0 }) {
                if let key = URLKey(url), !DOI.hosts.contains(key.host) { add(.landing(work: number), at: key) }
            }
        }
        for (doi, number) in numbersByDOI {
            addDOI(doi, of: works[number], number: number)
        }
    }

    private mutating func add(_ resource: Resource, at key: URLKey?) {
        guard let key, resources[key] == nil else { return }
        resources[key] = resource
    }

    private mutating func addFiles(of work: Work, number: Int) {
        for url in (work.locations.compactMap(\.pdfURL) + [work.linkedPDF].compactMap({ $0 })).uniqued() {
            switch work.detours[url] {
            case .paywall: add(.paywall(work: number), at: URLKey(url))
            case .missing: add(.gone, at: URLKey(url))
            case .moved(let target):
                add(.moved(to: target), at: URLKey(url))
                add(.pdf(work: number, url: target), at: URLKey(target))
            case nil: add(.pdf(work: number, url: url), at: Self.doiKey(url) ?? URLKey(url))
            }
        }
    }

    /// A DOI leads to the work's own landing page, else to one made up on the host of its file, else it is the page.
    private mutating func addDOI(_ doi: String, of work: Work, number: Int) {
        let key = URLKey(host: "doi.org", target: "/" + doi)
        let outside = { (url: String) in URLKey(url).map { !DOI.hosts.contains($0.host) } ?? false }
        if let page = work.locations.lazy.compactMap(\.landingURL).first(where: outside) {
            add(.doi(to: page), at: key)
        } else if let file = work.locations.lazy.compactMap(\.pdfURL).first(where: outside),
            let host = URLKey(file)?.host
        {
            let page = "http://\(host)/landing/\(work.id)"
            add(.landing(work: number), at: URLKey(page))
            add(.doi(to: page), at: key)
        } else {
            add(.landing(work: number), at: key)
        }
    }

    /// DOIs are compared without case and under one host name.
    private static func doiKey(_ url: String) -> URLKey? {
        DOI.bare(url).map { URLKey(host: "doi.org", target: "/" + $0) }
    }
}
