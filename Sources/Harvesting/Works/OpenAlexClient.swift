import Logging

/// The works of api.openalex.org: by text, page by page, and by DOI.
package struct OpenAlexClient: Sendable {
    private let metadata: MetadataClient
    private let baseURL: String
    private let apiKey: String?

    private static let perPage = 100

    /// - Parameters:
    ///   - baseURL: where the API is, without a trailing slash.
    ///   - apiKey: sent as `api_key`; never logged.
    package init(metadata: MetadataClient, baseURL: String, apiKey: String?) {
        self.metadata = metadata
        self.baseURL = baseURL
        self.apiKey = apiKey
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
    func works(_ query: OpenAlexQuery, cursor: String?, logger: Logger) async throws -> WorksPage {
        let items = query.items + [("cursor", cursor ?? "*")]
        guard let answer = try await metadata.json(url("/works", items), as: Answer.self, logger: logger) else {
            throw JobFailure(
                reason: "metadata_unavailable", detail: "OpenAlex answered 404 for /works; is its base URL right?")
        }
        return WorksPage(
            works: answer.results.compactMap(\.value?.work),
            next: answer.results.isEmpty ? nil : answer.meta.nextCursor
        )
    }

    /// The id (`T…`) of the topic that a name fits best; `nil` where there is none.
    func topic(named name: String, logger: Logger) async throws -> String? {
        struct Answer: Decodable, Sendable {
            struct Topic: Decodable, Sendable {
                let id: String
            }

            let results: [Lossy<Topic>]
        }
        let search = "search=\(PercentEncoding.encoded(name))&per_page=1"
        let answer = try await metadata.json(
            "\(baseURL)/topics?\(search)" + (apiKey.map { "&api_key=\(PercentEncoding.encoded($0))" } ?? ""),
            as: Answer.self, logger: logger)
        return answer?.results.first?.value?.id.split(separator: "/").last.map(String.init)
    }

    /// What is known of these DOIs (normalized), by DOI.
    func works(byDOI dois: [String], logger: Logger) async throws -> [String: Work] {
        var known: [String: Work] = [:]
        var rest = dois[...]
        while case let batch = Self.batch(of: rest), !batch.isEmpty {
            known.merge(try await works(of: Array(batch), logger: logger)) { first, _ in first }
            rest = rest.dropFirst(batch.count)
        }
        return known
    }

    private func works(of dois: [String], logger: Logger) async throws -> [String: Work] {
        // The filter language has no way to escape its own separators; such DOIs are asked for one by one.
        let plain = dois.filter { !$0.contains(",") && !$0.contains("|") }
        var found: [Work] = []
        if !plain.isEmpty {
            let query = [("filter", "doi:" + plain.joined(separator: "|")), ("cursor", "*")]
            found +=
                try await metadata.json(url("/works", query), as: Answer.self, logger: logger)?.results.compactMap(
                    \.value?.work) ?? []
        }
        for doi in dois where !plain.contains(doi) {
            if let record = try await metadata.json(
                url("/works/doi:\(PercentEncoding.encoded(doi))", []), as: OpenAlexRecord.self, logger: logger)
            {
                found.append(record.work)
            }
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

    private func url(_ path: String, _ query: [(String, String)]) -> String {
        var items = query
        items.append(("select", OpenAlexRecord.CodingKeys.allCases.map(\.rawValue).joined(separator: ",")))
        if !query.isEmpty { items.append(("per_page", "\(Self.perPage)")) }
        if let apiKey { items.append(("api_key", apiKey)) }
        return baseURL + path + "?" + items.map { "\($0.0)=\(PercentEncoding.encoded($0.1))" }.joined(separator: "&")
    }
}
