/// Which works OpenAlex is asked for.
struct OpenAlexQuery: Hashable, Sendable {
    enum Subject: Hashable, Sendable {
        /// Works whose title or abstract match.
        case text(String)
        /// Works of a topic, by its id (`T…`).
        case topic(String)
    }

    let subject: Subject
    var years: ClosedRange<Int>?
    var isOpenOnly = false

    /// The items of the query, without cursor and page size.
    var items: [(String, String)] {
        var filters: [String] = []
        var items: [(String, String)] = []
        switch subject {
        case .text(let text): items.append(("search", text))
        case .topic(let id): filters.append("topics.id:\(id)")
        }
        if let years { filters.append("publication_year:\(years.lowerBound)-\(years.upperBound)") }
        if isOpenOnly { filters.append("is_oa:true") }
        if !filters.isEmpty { items.append(("filter", filters.joined(separator: ","))) }
        return items
    }
}
