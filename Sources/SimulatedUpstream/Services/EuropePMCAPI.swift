import HTTPTypes

/// Answers as www.ebi.ac.uk/europepmc does.
struct EuropePMCAPI: ScholarlyService {
    let catalog: Catalog

    func answer(to request: UpstreamRequest) -> Answer {
        guard request.path == "/europepmc/webservices/rest/search", let query = request.item("query") else {
            return .notFound
        }
        let found = work(query).map { [result($0.work, $0.deposit)] } ?? []
        return .json(
            .ok,
            [
                "version": "6.9", "hitCount": JSON(found.count),
                "request": ["queryString": .string(query), "resultType": "core"],
                "resultList": ["result": .array(found)],
            ])
    }

    private func work(_ query: String) -> (work: Work, deposit: Deposit)? {
        if query.hasPrefix("PMCID:") {
            let id = query.dropFirst("PMCID:".count)
            return catalog.works.lazy.compactMap { work in work.deposit.map { (work, $0) } }
                .first { $0.1.service == .europePMC && $0.1.id == id }
        }
        return catalog.deposit(doi: Self.quoted(query), in: .europePMC)
    }

    private func result(_ work: Work, _ deposit: Deposit) -> JSON {
        let page: JSON = [
            "availability": "Open access", "availabilityCode": "OA", "documentStyle": "html", "site": "Europe_PMC",
            "url": "http://europepmc.org/articles/\(deposit.id)",
        ]
        let file: JSON = [
            "availability": "Open access", "availabilityCode": "OA", "documentStyle": "pdf", "site": "Europe_PMC",
            "url": .string(deposit.url),
        ]
        return [
            "id": .string(deposit.id), "source": "PMC", "pmcid": .string(deposit.id), "doi": JSON(work.doi),
            "fullTextUrlList": ["fullTextUrl": [page, file]],
        ]
    }
}
