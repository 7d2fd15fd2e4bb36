import Foundation
import TestSupport

@testable import ControlPlane

/// A body of one media type, as the contract states it.
struct Content: Sendable {
    let mediaType: String
    /// `nil` for bytes that no schema describes.
    let schema: JSONSchema?
    /// By name.
    let examples: [String: JSONTree]

    /// The contents of a request body or a response, in the order of their media types.
    static func all(in tree: JSONTree?, _ references: References) throws -> [Content] {
        let entries = (tree?["content"]?.object ?? [:]).sorted { $0.key < $1.key }
        return try entries.map { mediaType, content in
            let examples = try (content["examples"]?.object ?? [:]).mapValues { example in
                guard let value = try references.resolve(example)["value"] else {
                    throw ContractDefect(description: "an example of \(mediaType) has no value")
                }
                return value
            }
            return Content(
                mediaType: mediaType, schema: try content["schema"].map { try JSONSchema($0) }, examples: examples)
        }
    }

    var isJSON: Bool { mediaType == "application/json" || mediaType.hasSuffix("+json") }

    /// An example as it would be sent: JSON stands in the contract as it is, anything else as text.
    func text(of example: JSONTree) throws -> String {
        if isJSON { return String(decoding: try JSONEncoder().encode(example), as: UTF8.self) }
        guard let text = example.string else {
            throw ContractDefect(description: "an example of \(mediaType) has to be a text")
        }
        return text
    }

    /// What the schema describes in a body: each line of JSON lines, the whole of anything else.
    func values(in text: String) throws -> [JSONTree] {
        switch mediaType {
        case _ where isJSON: [try Self.json(text)]
        case "application/jsonl": try text.split(separator: "\n").map { try Self.json(String($0)) }
        case "application/yaml": [JSONTree(try DocumentNode(yaml: text))]
        default: [.string(text)]
        }
    }

    static func json(_ text: String) throws -> JSONTree {
        try JSONDecoder().decode(JSONTree.self, from: Data(text.utf8))
    }
}
