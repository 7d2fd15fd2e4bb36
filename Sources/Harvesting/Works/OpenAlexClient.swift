/// The works of api.openalex.org: by text, page by page, and by DOI.
package struct OpenAlexClient: Sendable {
    private let metadata: MetadataClient
    private let baseURL: String

    private static let fields = (
        "select", OpenAlexRecord.CodingKeys.allCases.map(\.rawValue).joined(separator: ",")
    )
    private static let page = [fields, ("per_page", "100")]

    /// - Parameter baseURL: where the API is, without a trailing slash.
    package init(metadata: MetadataClient, baseURL: String) {
        self.metadata = metadata
        self.baseURL = baseURL
    }

    private struct Answer: Decodable, Sendable {
        struct Meta: Decodable, Sendable {
            let nextCursor: String?

            enum CodingKeys: String, CodingKey {
                case nextCursor = "next_cursor"
            }
        }

        let meta: Meta
        let results: [Lossy<OpenAlexRecord>]
    }

    /// The works of a query, from `cursor` on.
    func works(_ query: OpenAlexQuery, cursor: String?, for inquiry: Inquiry) async throws -> WorksPage {
        let items = query.items + [("cursor", cursor ?? "*")] + Self.page
        guard let answer = try await answer(to: "/works", items, as: Answer.self, for: inquiry) else {
            throw JobFailure(
                reason: "metadata_unavailable", detail: "OpenAlex answered 404 for /works; is its base URL right?")
        }
        return WorksPage(
            works: answer.results.compactMap(\.value?.work),
            next: answer.results.isEmpty ? nil : answer.meta.nextCursor
        )
    }

    /// The id (`T…`) of the topic that a name fits best; `nil` where there is none.
    func topic(named name: String, for inquiry: Inquiry) async throws -> String? {
        struct Answer: Decodable, Sendable {
            struct Topic: Decodable, Sendable {
                let id: String
            }

            let results: [Lossy<Topic>]
        }
        let items = [("search", name), ("per_page", "1")]
        let answer = try await answer(to: "/topics", items, as: Answer.self, for: inquiry)
        return answer?.results.first?.value?.id.split(separator: "/").last.map(String.init)
    }

    /// What is known of these DOIs (normalized), by DOI.
    func works(byDOI dois: [String], for inquiry: Inquiry) async throws -> [String: Work] {
        var known: [String: Work] = [:]
        var rest = dois[...]
        while case let batch = Self.batch(of: rest), !batch.isEmpty {
            known.merge(try await works(of: Array(batch), for: inquiry)) { first, _ in first }
            rest = rest.dropFirst(batch.count)
        }
        return known
    }

    private func works(of dois: [String], for inquiry: Inquiry) async throws -> [String: Work] {
        // The filter language has no way to escape its own separators; such DOIs are asked for one by one.
        let plain = dois.filter { !$0.contains(",") && !$0.contains("|") }
        var found: [Work] = []
        if !plain.isEmpty {
            let items = [("filter", "doi:" + plain.joined(separator: "|")), ("cursor", "*")] + Self.page
            let answer = try await answer(to: "/works", items, as: Answer.self, for: inquiry)
            found += answer?.results.compactMap(\.value?.work) ?? []
        }
        for doi in dois where !plain.contains(doi) {
            let path = "/works/doi:\(PercentEncoding.encoded(doi))"
            let record = try await answer(to: path, [Self.fields], as: OpenAlexRecord.self, for: inquiry)
            if let record { found.append(record.work) }
        }
        return Dictionary(
            found.compactMap { work in work.doi.map { ($0, work) } }, uniquingKeysWith: { first, _ in first })
    }

    /// The first DOIs that fit one request: bounded in number, and in the length that servers accept for a URL.
    static func batch(of dois: ArraySlice<String>) -> ArraySlice<String> {
        var bytes = 0
        return dois.prefix(50).prefix { doi in
            defer { bytes += PercentEncoding.encoded(doi).utf8.count + 3 }
            return bytes == 0 || bytes + PercentEncoding.encoded(doi).utf8.count < 6000
        }
    }

    private func answer<Answer: Decodable & Sendable>(
        to path: String, _ query: [(String, String)], as type: Answer.Type, for inquiry: Inquiry
    ) async throws -> Answer? {
        let items = query + (inquiry.apiKey.map { [("api_key", $0)] } ?? [])
        let text = items.map { "\($0.0)=\(PercentEncoding.encoded($0.1))" }.joined(separator: "&")
        return try await metadata.json("\(baseURL)\(path)?\(text)", as: type, for: inquiry)
    }
}
