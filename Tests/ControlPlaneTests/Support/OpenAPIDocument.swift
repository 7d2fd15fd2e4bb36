import Foundation
import Hummingbird
import TestSupport

@testable import ControlPlane

/// The contract, taken apart as far as tests need it.
struct OpenAPIDocument: Sendable {
    let tree: JSONTree
    /// The shared schemas, by the reference that names them.
    let definitions: [String: JSONSchema]
    let operations: [Operation]

    /// The document that the service hands out.
    static func served() throws -> OpenAPIDocument {
        try OpenAPIDocument(yaml: String(decoding: PackageResources.openapi_yaml, as: UTF8.self))
    }

    /// - Throws: ``ContractDefect`` for what a test could not read, ``JSONSchemaError`` for a schema like that.
    init(yaml text: String) throws {
        let tree = JSONTree(try DocumentNode(yaml: text))
        self.tree = tree
        var definitions: [String: JSONSchema] = [:]
        for (name, schema) in tree["components"]?["schemas"]?.object ?? [:] {
            definitions["#/components/schemas/\(name)"] = try JSONSchema(schema)
        }
        self.definitions = definitions
        let references = References(root: tree)
        var operations: [Operation] = []
        for (path, item) in tree["paths"]?.object ?? [:] {
            let shared = item["parameters"]?.array ?? []
            for (method, operation) in item.object ?? [:] where method != "parameters" {
                operations.append(
                    try Operation(operation, method: method, path: path, shared: shared, references: references))
            }
        }
        self.operations = operations.sorted { $0.id < $1.id }
    }

    /// The operation that a request is for; HEAD is the GET of its path.
    func operation(_ method: HTTPRequest.Method, _ uri: String) -> Operation? {
        let path = uri.prefix { $0 != "?" }
        let method = method == .head ? .get : method
        return operations.first { $0.method == method && $0.matches(path) }
    }

    /// The response for problems that belong to no operation.
    func anyProblem() throws -> DocumentedResponse {
        let references = References(root: tree)
        return try DocumentedResponse(
            references.resolve(.object(["$ref": .string("#/components/responses/Problem")])), references)
    }

    /// The names of the members that the object of a body may have.
    func members(of content: Content) -> [String] {
        guard let schema = content.schema else { return [] }
        return schema.memberNames(definitions: definitions).sorted()
    }

    /// What is wrong with a body as the content of an answer or a request.
    func problems(of text: String, as content: Content) throws -> [String] {
        guard let schema = content.schema else { return [] }
        return try content.values(in: text).flatMap { schema.problems(of: $0, definitions: definitions) }
    }
}

extension JSONTree {
    init(_ node: DocumentNode) {
        self =
            switch node.value {
            case .null: .null
            case .bool(let value): .bool(value)
            case .int(let value): .integer(value)
            case .double(let value): .number(value)
            case .string(let value): .string(value)
            case .sequence(let nodes): .array(nodes.map(JSONTree.init))
            case .mapping(let entries):
                .object(Dictionary(entries.map { ($0.key, JSONTree($0.value)) }, uniquingKeysWith: { $1 }))
            }
    }
}
