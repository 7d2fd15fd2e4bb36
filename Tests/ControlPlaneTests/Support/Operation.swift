import HTTPTypes
import Hummingbird
import TestSupport

/// One method of one path, as the contract states it.
struct Operation: Sendable {
    let id: String
    let method: HTTPRequest.Method
    let path: String
    let summary: String?
    let tags: [String]
    /// What it requires of callers.
    let permission: String?
    let parameters: [Parameter]
    let body: [Content]
    /// By status code, or `default`.
    let responses: [String: DocumentedResponse]

    struct Parameter: Sendable {
        let name: String
        /// `path`, `query` or `header`.
        let place: String
        let isRequired: Bool
        let schema: JSONSchema
        let example: JSONTree
    }

    init(
        _ tree: JSONTree, method: String, path: String, shared: [JSONTree], references: References
    ) throws {
        guard let id = tree["operationId"]?.string, let method = HTTPRequest.Method(method.uppercased()) else {
            throw ContractDefect(description: "\(method) \(path) has no operationId, or is no method")
        }
        self.id = id
        self.method = method
        self.path = path
        summary = tree["summary"]?.string
        permission = tree["x-weir-permission"]?.string
        tags = (tree["tags"]?.array ?? []).compactMap(\.string)
        parameters = try (shared + (tree["parameters"]?.array ?? [])).map { parameter in
            try Self.parameter(references.resolve(parameter))
        }
        body = try Content.all(in: tree["requestBody"], references)
        responses = try (tree["responses"]?.object ?? [:]).mapValues { response in
            try DocumentedResponse(references.resolve(response), references)
        }
    }

    private static func parameter(_ tree: JSONTree) throws -> Parameter {
        guard let name = tree["name"]?.string, let place = tree["in"]?.string, let schema = tree["schema"],
            let example = tree["example"]
        else { throw ContractDefect(description: "a parameter lacks name, in, schema or example: \(tree)") }
        return Parameter(
            name: name, place: place, isRequired: tree["required"] == .bool(true), schema: try JSONSchema(schema),
            example: example)
    }

    /// The request that the examples of the parameters make, without a body.
    var exampleRequest: ContractRequest {
        var uri = path
        var query: [String] = []
        var headers: HTTPFields = [:]
        for parameter in parameters {
            let value = parameter.example.string ?? parameter.example.int.map(String.init) ?? ""
            switch parameter.place {
            case "path": uri = uri.replacing("{\(parameter.name)}", with: value)
            case "query": query.append("\(parameter.name)=\(value)")
            default: if let name = HTTPField.Name(parameter.name) { headers[name] = value }
            }
        }
        if !query.isEmpty { uri += "?" + query.joined(separator: "&") }
        return ContractRequest(method: method, uri: uri, headers: headers)
    }

    /// The names in braces.
    var placeholders: Set<String> {
        Set(path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) })
    }

    func matches(_ path: Substring) -> Bool {
        let (template, given) = (self.path.split(separator: "/"), path.split(separator: "/"))
        return template.count == given.count
            && zip(template, given).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }

    /// The response that the contract gives for a status; `default` stands in where its examples show the status.
    func response(_ status: Int) -> DocumentedResponse? {
        if let response = responses[String(status)] { return response }
        return responses["default"].flatMap { $0.exampleStatuses.contains(status) ? $0 : nil }
    }
}
