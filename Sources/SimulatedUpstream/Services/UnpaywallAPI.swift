import HTTPTypes

/// Answers as api.unpaywall.org does.
struct UnpaywallAPI: ScholarlyService {
    let catalog: Catalog

    func answer(to request: UpstreamRequest) -> Answer {
        guard let doi = request.path(after: "/v2/") else { return .notFound }
        guard let email = request.item("email"), email.contains("@") else {
            return Self.refusal(.unprocessableContent, "Please use your own email address in API calls.")
        }
        guard let work = catalog.work(doi: doi) else {
            return Self.refusal(.notFound, "'\(doi)' isn't in Unpaywall.")
        }
        var places = work.isOpenAccess ? work.locations.map { Self.location(file: $0.pdfURL, page: $0.landingURL) } : []
        if let deposit = work.deposit, deposit.service == .unpaywall {
            places.append(Self.location(file: deposit.url, page: nil))
        }
        return .json(
            .ok,
            [
                "doi": JSON(work.doi), "is_oa": .bool(work.isOpenAccess),
                "oa_status": work.isOpenAccess ? "green" : "closed",
                "title": JSON(work.title), "best_oa_location": places.first ?? .null, "oa_locations": .array(places),
            ])
    }

    private static func location(file: String?, page: String?) -> JSON {
        [
            "url": JSON(file ?? page), "url_for_pdf": JSON(file), "url_for_landing_page": JSON(page),
            "host_type": "repository", "version": "publishedVersion", "license": nil,
        ]
    }

    private static func refusal(_ status: HTTPResponse.Status, _ message: String) -> Answer {
        .json(status, ["HTTP_status_code": JSON(status.code), "error": true, "message": .string(message)])
    }
}
