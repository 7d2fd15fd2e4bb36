import Hummingbird
import HummingbirdTesting
import TestSupport

/// A response as the contract states it.
struct DocumentedResponse: Sendable {
    let headers: [String: Header]
    let content: [Content]

    struct Header: Sendable {
        let isRequired: Bool
        let schema: JSONSchema
    }

    /// What every server sends, and the contract need not speak of.
    private static let unspokenHeaders: Set<String> = ["content-type", "content-length", "connection"]

    init(_ tree: JSONTree, _ references: References) throws {
        headers = try (tree["headers"]?.object ?? [:]).mapValues { header in
            let header = try references.resolve(header)
            guard let schema = header["schema"] else {
                throw ContractDefect(description: "a header has no schema: \(header)")
            }
            return Header(isRequired: header["required"] == .bool(true), schema: try JSONSchema(schema))
        }
        content = try Content.all(in: tree, references)
    }

    /// The statuses that its examples are problems with.
    var exampleStatuses: Set<Int> {
        Set(content.flatMap(\.examples.values).compactMap { $0["status"]?.int })
    }

    /// What is wrong with the headers of an answer: required ones missing, wrong values, and ones that are not named.
    func headerProblems(_ fields: HTTPFields, _ definitions: [String: JSONSchema]) -> [String] {
        var problems: [String] = []
        for (name, header) in headers {
            let value = fields.first { $0.name.canonicalName == name.lowercased() }?.value
            guard let value else {
                if header.isRequired { problems.append("\(name): is missing") }
                continue
            }
            let readings = [JSONTree.string(value)] + (Int(value).map { [.integer($0)] } ?? [])
            if readings.allSatisfy({ !header.schema.problems(of: $0, definitions: definitions).isEmpty }) {
                problems.append("\(name): '\(value)' does not fit its schema")
            }
        }
        let named = Set(headers.keys.map { $0.lowercased() })
        for field in fields {
            let name = field.name.canonicalName
            if !named.contains(name), !Self.unspokenHeaders.contains(name) {
                problems.append("\(field.name): is not in the contract")
            }
        }
        return problems
    }
}
