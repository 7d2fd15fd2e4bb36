import Harvesting
import Hummingbird

/// Which part of a list is asked for: `limit` and an opaque `cursor`.
struct Page {
    let limit: Int
    let cursor: Int?

    static let limits = 1...1000
    private static let maximumCursorLength = 12

    /// - Parameter others: the query parameters that the route knows besides.
    /// - Throws: ``Problem`` when a parameter cannot be accepted.
    init(_ request: Request, alongside others: Set<String> = []) throws {
        let query = try request.query(of: others.union(["limit", "cursor"]))
        limit =
            try query["limit"].map { text in
                guard let limit = Int(text), Self.limits.contains(limit) else {
                    throw Self.invalid("limit", "must be \(Self.limits.lowerBound) to \(Self.limits.upperBound)")
                }
                return limit
            } ?? 100
        cursor = try query["cursor"].map { text in
            // Only as it was written: no sign, no capitals, no zeros in front.
            guard text.utf8.count <= Self.maximumCursorLength, let place = Int(text, radix: 36), place >= 0,
                Self.cursor(place) == text
            else {
                throw Self.invalid("cursor", "must be the next of an earlier page")
            }
            return place
        }
    }

    /// The value of a parameter that takes a few words; `nil` where it is not given.
    static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ type: Choice.Type, _ name: String, _ request: Request
    ) throws -> Choice? {
        try request.uri.queryParameters[name[...]].map { text in
            guard let choice = Choice(rawValue: String(text)) else {
                let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
                throw invalid(name, "must be one of \(known)")
            }
            return choice
        }
    }

    static func cursor(_ place: Int) -> String {
        String(place, radix: 36)
    }

    static func invalid(_ parameter: String, _ message: String) -> Problem {
        Problem(FieldError(path: parameter, message: message))
    }
}

extension Request {
    /// The query parameters, of which only these may be given.
    ///
    /// - Throws: ``Problem`` naming one that is unknown.
    func query(of known: Set<String>) throws -> Parameters {
        let query = uri.queryParameters
        if let unknown = query.first(where: { !known.contains(String($0.key)) })?.key {
            throw Page.invalid(
                unknown.excerpt, "unknown parameter; known here: \(known.sorted().joined(separator: ", "))")
        }
        return query
    }
}
