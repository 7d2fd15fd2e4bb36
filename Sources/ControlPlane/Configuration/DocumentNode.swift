import Foundation
import Yams

/// A document as read, before it means anything: values with their paths and, where the text had lines, their places.
struct DocumentNode {
    enum Value {
        case null
        case bool(Bool)
        case int(Int)
        case double(Double)
        case string(String)
        case sequence([DocumentNode])
        case mapping([(key: String, value: DocumentNode)])
    }

    let value: Value
    let path: String
    let line: Int?
    let column: Int?

    /// What kind of value this is, for messages.
    var kind: String {
        switch value {
        case .null: "nothing"
        case .bool(let value): "'\(value)'"
        case .int(let value): "\(value)"
        case .double(let value): "\(value)"
        case .string(let value): "the text '\(value.prefix(60))'"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

extension DocumentNode {
    /// - Throws: ``DocumentProblems`` with line and column.
    init(yaml text: String) throws(DocumentProblems) {
        do {
            guard let node = try Yams.compose(yaml: text) else {
                throw DocumentProblems([DocumentProblem(path: "", line: 1, column: 1, message: "the document is empty")]
                )
            }
            var budget = Self.maximumValues
            try self.init(node, path: "", &budget)
        } catch let problems as DocumentProblems {
            throw problems
        } catch {
            throw DocumentProblems([Self.problem(error)])
        }
    }

    /// Values that a document may have once its aliases are written out: a few nested ones can stand for billions.
    private static let maximumValues = 100_000

    private init(_ node: Node, path: String, _ budget: inout Int) throws(DocumentProblems) {
        budget -= 1
        guard budget > 0 else {
            throw DocumentProblems([
                DocumentProblem(
                    path: path, line: node.mark?.line, column: node.mark?.column,
                    message: "the document has more than \(Self.maximumValues) values")
            ])
        }
        self.path = path
        line = node.mark?.line
        column = node.mark?.column
        switch node {
        case .scalar(let scalar):
            value = Self.value(of: scalar)
        case .sequence(let sequence):
            var items: [DocumentNode] = []
            for (index, item) in sequence.enumerated() {
                items.append(try DocumentNode(item, path: "\(path)[\(index)]", &budget))
            }
            value = .sequence(items)
        case .mapping(let mapping):
            var entries: [(key: String, value: DocumentNode)] = []
            for (key, item) in mapping {
                let name = key.scalar?.string ?? "\(key)"
                let itemPath = path.isEmpty ? name : "\(path).\(name)"
                entries.append((name, try DocumentNode(item, path: itemPath, &budget)))
            }
            value = .mapping(entries)
        case .alias:
            value = .null
        }
    }

    /// The YAML core schema: only plain scalars can be anything but text.
    private static func value(of scalar: Node.Scalar) -> Value {
        guard scalar.style == .plain || scalar.style == .any else { return .string(scalar.string) }
        switch scalar.string {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        if let int = Int(scalar.string) { return .int(int) }
        if let double = Double(scalar.string), double.isFinite { return .double(double) }
        return .string(scalar.string)
    }

    private static func problem(_ error: any Error) -> DocumentProblem {
        switch error {
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _):
            DocumentProblem(path: "", line: mark.line, column: mark.column, message: "not valid YAML: \(problem)")
        case YamlError.duplicatedKeysInMapping(let duplicates, let context):
            DocumentProblem(
                path: duplicates.joined(separator: ", "), line: context.mark.line, column: context.mark.column,
                message: "given more than once")
        default:
            DocumentProblem(path: "", line: nil, column: nil, message: "not valid YAML: \(error)")
        }
    }
}

extension DocumentNode {
    /// - Throws: ``DocumentProblems``; JSON has no lines to name, only paths.
    init(json data: Data) throws(DocumentProblems) {
        do {
            self.init(try JSONDecoder().decode(JSONValue.self, from: data), path: "")
        } catch {
            throw DocumentProblems([
                DocumentProblem(path: "", line: nil, column: nil, message: JSONProblem(error, in: data).message)
            ])
        }
    }

    private init(_ json: JSONValue, path: String) {
        self.path = path
        line = nil
        column = nil
        value =
            switch json {
            case .null: .null
            case .bool(let value): .bool(value)
            case .int(let value): .int(value)
            case .double(let value): .double(value)
            case .string(let value): .string(value)
            case .array(let values): .sequence(values.enumerated().map { DocumentNode($1, path: "\(path)[\($0)]") })
            case .object(let values):
                .mapping(
                    values.sorted { $0.key < $1.key }.map { key, value in
                        (key, DocumentNode(value, path: path.isEmpty ? key : "\(path).\(key)"))
                    })
            }
    }
}
