extension WorkCondition {
    private static let mostValues = 100

    /// Reads a `filter=` value, `name:value,name:value`.
    static func conditions(ofFilter text: String) throws(QueryProblem) -> [WorkCondition] {
        var conditions: [WorkCondition] = []
        for part in text.split(separator: ",") {
            let sides = part.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, !sides[1].isEmpty else {
                throw QueryProblem("\(part) is not a filter; write name:value.")
            }
            conditions.append(try condition(named: String(sides[0]), value: String(sides[1])))
        }
        return conditions
    }

    private static func condition(named name: String, value: String) throws(QueryProblem) -> WorkCondition {
        let alternatives = value.split(separator: "|").map(String.init)
        guard alternatives.count <= mostValues else {
            throw QueryProblem("Maximum number of values exceeded for \(name): at most \(mostValues) separated by |.")
        }
        switch name {
        case "publication_year":
            var ranges: [ClosedRange<Int>] = []
            for alternative in alternatives { ranges.append(try years(alternative)) }
            return .years(ranges)
        case "from_publication_date": return .publishedFrom(try date(value))
        case "to_publication_date": return .publishedTo(try date(value))
        case "is_oa", "open_access.is_oa":
            guard let wanted = Bool(value.lowercased()) else {
                throw QueryProblem("Value for \(name) must be true or false, not \(value).")
            }
            return .openAccess(wanted)
        case "doi": return .dois(alternatives.compactMap { DOI.bare($0) })
        case "topics.id":
            return .topics(Set(alternatives.map { $0.split(separator: "/").last.map { $0.uppercased() } ?? "" }))
        case "title_and_abstract.search", "default.search": return .words(value)
        default: throw QueryProblem("\(name) is not a valid field.")
        }
    }

    /// `2000`, `2000-2005`, `2000-`, `-2005`, `>2000`, `<2005`.
    private static func years(_ text: String) throws(QueryProblem) -> ClosedRange<Int> {
        let earliest = 0
        let latest = 9_999
        let bounds: (Int?, Int?)
        if text.hasPrefix(">") {
            bounds = (Int(text.dropFirst()).map { $0 + 1 }, latest)
        } else if text.hasPrefix("<") {
            bounds = (earliest, Int(text.dropFirst()).map { $0 - 1 })
        } else if let dash = text.firstIndex(of: "-") {
            let (from, to) = (text[..<dash], text[text.index(after: dash)...])
            bounds = (from.isEmpty ? earliest : Int(from), to.isEmpty && !from.isEmpty ? latest : Int(to))
        } else {
            bounds = (Int(text), Int(text))
        }
        guard let first = bounds.0, let last = bounds.1, first <= last, (earliest...latest + 1).contains(first) else {
            throw QueryProblem("\(text) is not a year or a range of years.")
        }
        return first...last
    }

    private static func date(_ text: String) throws(QueryProblem) -> String {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2], parts.allSatisfy({ $0.allSatisfy(\.isNumber) }) else {
            throw QueryProblem("\(text) is not a date; write YYYY-MM-DD.")
        }
        return text
    }
}
