extension WorkDraft {
    /// The work as OpenAlex would tell it.
    var record: JSON {
        let openPlace = kind.isOpenAccess ? place : nil
        let doiURL = doi.map { "https://doi.org/\($0)" }
        var locations: [JSON] = [place]
        if let doiURL {
            locations.insert(location(landing: doiURL, pdf: nil, isOpen: false), at: 0)
        }
        return [
            "id": "https://openalex.org/\(id)",
            "doi": JSON(doiURL),
            "ids": [
                "openalex": "https://openalex.org/\(id)", "doi": JSON(doiURL),
                "pmcid": JSON(depositary == .europePMC ? "https://www.ncbi.nlm.nih.gov/pmc/articles/\(pmcid)" : nil),
            ],
            "title": JSON(title),
            "display_name": JSON(title),
            "publication_year": JSON(year),
            "publication_date": .string(date),
            "language": number % 20 == 0 ? nil : "en",
            "type": number % 9 == 0 ? "report" : "article",
            "open_access": [
                "is_oa": .bool(kind.isOpenAccess),
                "oa_status": .string(status),
                "oa_url": kind.isOpenAccess ? JSON(recordedPDF ?? landingURL) : nil,
                "any_repository_has_fulltext": .bool(host.kind == .repository && kind.isOpenAccess),
            ],
            "best_oa_location": openPlace,
            "primary_location": locations[0],
            "locations": .array(locations),
            "locations_count": JSON(locations.count),
            "authorships": .array(authors.enumerated().map { authorship($1, position: $0) }),
            "abstract_inverted_index": abstract.map { Self.invertedIndex(of: $0) } ?? nil,
            "topics": .array(topics),
            "primary_topic": topics[0],
            "keywords": [
                ["id": "https://openalex.org/keywords/rivers", "display_name": "Rivers", "score": .number("0.8")],
                [
                    "id": "https://openalex.org/keywords/hydrology", "display_name": "Hydrology",
                    "score": .number("0.5"),
                ],
            ],
            "cited_by_count": JSON(number * 37 % 211),
            "is_retracted": false,
        ]
    }

    private var status: String {
        guard kind.isOpenAccess else { return "closed" }
        switch host.kind {
        case .repository: return "green"
        case .journal: return "gold"
        case .publisher: return "bronze"
        }
    }

    private var place: JSON {
        location(landing: landingURL, pdf: recordedPDF, isOpen: kind.isOpenAccess)
    }

    private func location(landing: String, pdf: String?, isOpen: Bool) -> JSON {
        let source: JSON = [
            "id": "https://openalex.org/S\(9_100_000_000 + host.number)",
            "display_name": .string(host.name),
            "issn_l": nil,
            "issn": nil,
            "host_organization": nil,
            "type": .string(host.kind.rawValue),
        ]
        return [
            "is_oa": .bool(isOpen),
            "landing_page_url": .string(landing),
            "pdf_url": JSON(pdf),
            "license": isOpen && number % 2 == 0 ? "cc-by" : nil,
            "version": host.kind == .repository ? "acceptedVersion" : "publishedVersion",
            "is_accepted": true,
            "is_published": .bool(host.kind != .repository),
            "source": number % 12 == 0 ? nil : source,
        ]
    }

    private func authorship(_ name: String, position: Int) -> JSON {
        [
            "author_position": position == 0 ? "first" : position == authors.count - 1 ? "last" : "middle",
            "author": [
                "id": "https://openalex.org/A\(StableHash.hash(name) % 10_000_000_000)",
                "display_name": .string(name),
                "orcid": nil,
            ],
            "raw_author_name": .string(name),
        ]
    }

    private static func invertedIndex(of text: String) -> JSON {
        var positions: [String: [JSON]] = [:]
        for (position, word) in text.split(separator: " ").enumerated() {
            positions[String(word), default: []].append(JSON(position))
        }
        return .object(positions.mapValues { .array($0) })
    }
}
