/// What is wrong with a JSON text, in words for whoever sent it.
struct JSONProblem: Error, Hashable, CustomStringConvertible {
    /// Such as `claims[0].weight`; empty for the text itself.
    private(set) var path: String
    /// Where reading stopped; `nil` for a value that was read and is not the one that is expected.
    let place: TextPlace?
    let message: String

    init(path: String = "", place: TextPlace? = nil, message: String) {
        self.path = path
        self.place = place
        self.message = message
    }

    /// - Parameter error: what a type threw that decodes itself.
    init(_ error: any Error) {
        switch error {
        case let problem as JSONProblem: self = problem
        case DecodingError.dataCorrupted(let context):
            self.init(path: Self.path(context.codingPath), message: context.debugDescription)
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.keyNotFound(_, let context):
            self.init(path: Self.path(context.codingPath), message: "is not what is expected here")
        default: self.init(message: "is not what is expected here")
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        "\(keys.reduce(DocumentPath.root) { $0.appending($1.intValue.map { .index($0) } ?? .key($1.stringValue)) })"
    }

    /// The same for the value that this one is part of.
    func under(_ part: DocumentPath.Part) -> JSONProblem {
        var problem = self
        let outer = "\(DocumentPath.root.appending(part))"
        problem.path = outer + (path.isEmpty || path.hasPrefix("[") ? "" : ".") + path
        return problem
    }

    /// The message with its line and column.
    var placedMessage: String {
        place.map { "\(message) (line \($0.line), column \($0.column))" } ?? message
    }

    var description: String { path.isEmpty ? placedMessage : "\(path): \(placedMessage)" }
}
