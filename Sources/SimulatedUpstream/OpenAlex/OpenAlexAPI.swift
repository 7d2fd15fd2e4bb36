import FoundationEssentials
import HTTPTypes

/// Answers as api.openalex.org does.
struct OpenAlexAPI: Sendable {
    let catalog: Catalog
    let credits = CreditLedger()

    /// - Parameter rejection: an answer that takes the place of the real one and costs nothing.
    func answer(to request: UpstreamRequest, rejection: Answer? = nil) -> Answer {
        let items = request.query
        let cost = rejection == nil ? Self.cost(of: request, items) : 0
        let key = items.first { $0.name == "api_key" }?.value ?? ""
        let now = Int(Date().timeIntervalSince1970)
        guard let balance = credits.spend(cost, key: key, now: now) else {
            return Self.tooMany(
                retryAfterSeconds: 86_400 - now % 86_400, message: "The daily budget of this key is used up.")
        }
        var answer = rejection ?? self.answer(request, items, cost: cost)
        answer.headers[.rateLimit] = String(CreditLedger.daily)
        answer.headers[.rateLimitRemaining] = String(balance.remaining)
        answer.headers[.rateLimitCreditsUsed] = String(balance.used)
        answer.headers[.rateLimitReset] = String(balance.secondsToReset)
        answer.headers[.rateLimitDollars] = Self.dollars(CreditLedger.daily)
        answer.headers[.rateLimitRemainingDollars] = Self.dollars(balance.remaining)
        answer.headers[.rateLimitCostDollars] = Self.dollars(balance.used)
        return answer
    }

    static func tooMany(retryAfterSeconds: Int?, message: String) -> Answer {
        var answer = Answer.json(.tooManyRequests, ["error": "Rate limit exceeded", "message": .string(message)])
        answer.headers[.retryAfter] = retryAfterSeconds.map { String($0) }
        return answer
    }

    private func answer(_ request: UpstreamRequest, _ items: [(name: String, value: String)], cost: Int) -> Answer {
        let path = PercentEncoding.decode(request.path)
        do throws(QueryProblem) {
            switch path {
            case "/works", "/works/": return try list(WorkQuery(items), cost: cost)
            case "/topics", "/topics/": return topics(items, cost: cost)
            case _ where path.hasPrefix("/works/"):
                return try single(String(path.dropFirst("/works/".count)), WorkQuery(items))
            default: return Self.notFound
            }
        } catch {
            return .json(
                .badRequest, ["error": "Invalid query parameters error.", "message": .string(error.message)])
        }
    }

    private func list(_ query: WorkQuery, cost: Int) -> Answer {
        let found = matches(query.conditions)
        let page: ArraySlice<Int>
        var pageNumber: Int?
        var next: String?
        switch query.position {
        case .page(let number):
            pageNumber = number
            page = found.dropFirst((number - 1) * query.perPage).prefix(query.perPage)
        case .from(let work):
            let rest = found.drop { $0 < work }
            page = rest.prefix(query.perPage)
            next = rest.dropFirst(query.perPage).first.map { WorkQuery.cursor(forWork: $0) }
        }
        let meta: JSON = [
            "count": JSON(found.count), "db_response_time_ms": 12, "page": JSON(pageNumber),
            "per_page": JSON(query.perPage), "next_cursor": JSON(next), "groups_count": nil,
            "cost_usd": .number(Self.dollars(cost)),
        ]
        let results = page.map { record(of: catalog.works[$0], select: query.select) }.joined(separator: ",")
        return .json(.ok, text: #"{"meta":\#(meta.text),"results":[\#(results)],"group_by":[]}"#)
    }

    /// The numbers of the works that meet all conditions, ascending.
    func matches(_ conditions: [WorkCondition]) -> [Int] {
        var candidates = Array(catalog.works.indices)
        for condition in conditions {
            let found: [Int]
            switch condition {
            case .words(let text): found = catalog.index.works(matching: text)
            case .dois(let dois):
                found = dois.compactMap { doi in
                    catalog.number(ofDOI: doi).flatMap { catalog.works[$0].doi == doi ? $0 : nil }
                }
            default: continue
            }
            let allowed = Set(found)
            candidates.removeAll { !allowed.contains($0) }
        }
        return candidates.filter { number in conditions.allSatisfy { $0.holds(for: catalog.works[number]) } }
    }

    private func single(_ name: String, _ query: WorkQuery) -> Answer {
        let number: Int?
        if let doi = DOI.bare(name) {
            number = catalog.number(ofDOI: doi)
        } else {
            number = Work.shortID(name).flatMap { catalog.number(ofID: $0) }
        }
        guard let number else { return Self.notFound }
        return .json(.ok, text: record(of: catalog.works[number], select: query.select))
    }

    private func topics(_ items: [(name: String, value: String)], cost: Int) -> Answer {
        let wanted = WordFolding.stems(of: items.first { $0.name == "search" }?.value ?? "")
        var counts: [Topic: Int] = [:]
        for topic in catalog.works.lazy.flatMap(\.topics) {
            counts[topic, default: 0] += 1
        }
        let found = counts.filter { Set(WordFolding.stems(of: $0.key.name)).isSuperset(of: wanted) }
            .sorted { ($1.value, $0.key.id) < ($0.value, $1.key.id) }
        let results = found.map { topic, count -> JSON in
            ["id": .string(topic.url), "display_name": .string(topic.name), "works_count": JSON(count)]
        }
        let meta: JSON = [
            "count": JSON(results.count), "db_response_time_ms": 4, "page": 1, "per_page": JSON(results.count),
            "groups_count": nil, "cost_usd": .number(Self.dollars(cost)),
        ]
        return .json(.ok, ["meta": meta, "results": .array(results)])
    }

    private func record(of work: Work, select: Set<String>?) -> String {
        let fields = select.map { names in work.fields.filter { names.contains($0.name) } } ?? work.fields
        return "{" + fields.map { "\"\($0.name)\":\($0.json)" }.joined(separator: ",") + "}"
    }

    private static let notFound = Answer.json(
        .notFound, ["error": "404 Not Found", "message": "The requested URL was not found on the server."])

    /// Credits: a single entity is free, a list costs one, a search ten.
    private static func cost(of request: UpstreamRequest, _ items: [(name: String, value: String)]) -> Int {
        guard !request.path.hasPrefix("/works/") else { return 0 }
        let searches = items.contains { item in
            item.name == "search" || (item.name == "filter" && item.value.contains(".search:"))
        }
        return searches ? 10 : 1
    }

    /// Ten thousand credits are a dollar.
    private static func dollars(_ credits: Int) -> String {
        let fraction = String(credits % 10_000 + 10_000).dropFirst()
        return "\(credits / 10_000).\(fraction)"
    }
}
