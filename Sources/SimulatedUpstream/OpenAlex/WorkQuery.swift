/// A `GET /works` query.
struct WorkQuery {
    enum Position: Equatable {
        /// A cursor: the number of the first work that may be on the page.
        case from(work: Int)
        case page(Int)
    }

    private(set) var conditions: [WorkCondition] = []
    private(set) var select: Set<String>?
    private(set) var perPage = 25
    private(set) var position = Position.page(1)

    init(_ items: [(name: String, value: String)]) throws(QueryProblem) {
        for (name, value) in items {
            switch name {
            case "filter": conditions += try WorkCondition.conditions(ofFilter: value)
            case "search": conditions.append(.words(value))
            case "select": select = Set(value.split(separator: ",").map(String.init))
            case "per_page", "per-page":
                guard let number = Int(value), (1...200).contains(number) else {
                    throw QueryProblem("per_page parameter must be between 1 and 200.")
                }
                perPage = number
            case "cursor": position = .from(work: try Self.work(atCursor: value))
            case "page":
                guard let number = Int(value), (1...1_000_000).contains(number) else {
                    throw QueryProblem("page parameter must be a positive number.")
                }
                position = .page(number)
            case "api_key", "mailto", "sort": break
            default: throw QueryProblem("\(name) is not a valid parameter.")
            }
        }
    }

    private static let cursorMark = "IlsxNj"

    /// A cursor names the work a page starts with, so it stays right whatever is asked in between.
    static func cursor(forWork number: Int) -> String {
        cursorMark + String(number, radix: 36)
    }

    private static func work(atCursor cursor: String) throws(QueryProblem) -> Int {
        if cursor == "*" { return 0 }
        guard cursor.hasPrefix(cursorMark), let number = Int(cursor.dropFirst(cursorMark.count), radix: 36), number >= 0
        else {
            throw QueryProblem("cursor parameter \(cursor) is not valid.")
        }
        return number
    }
}
