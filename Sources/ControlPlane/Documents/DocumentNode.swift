/// A document as read, before it means anything: values with their paths and, where the text had lines, their places.
struct DocumentNode: Sendable {
    enum Value: Sendable {
        case null
        case bool(Bool)
        case int(Int)
        case double(Double)
        case string(String)
        case sequence([DocumentNode])
        case mapping([(key: String, value: DocumentNode)])
    }

    let value: Value
    /// Such as `hosts.export.arxiv.org.metadata.rates[0]`.
    let path: DocumentPath
    let place: TextPlace?
    /// Where the key stands that this is the value of.
    let keyPlace: TextPlace?

    init(_ value: Value, path: DocumentPath) {
        self.value = value
        self.path = path
        place = nil
        keyPlace = nil
    }

    /// What kind of value this is, for messages.
    var kind: String {
        switch value {
        case .null: "nothing"
        case .bool(let value): "'\(value)'"
        case .int(let value): "\(value)"
        case .double(let value): "\(value)"
        case .string(let value): "the text '\(value.excerpt)'"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    var isMapping: Bool {
        if case .mapping = value { true } else { false }
    }
}

/// A place in a text, counted from 1.
package struct TextPlace: Hashable, Sendable {
    package let line: Int
    package let column: Int
}

extension DocumentNode.Value {
    /// A single value as the YAML core schema reads it where it stands without quotation marks.
    init(plain text: String) {
        switch text {
        case "", "~", "null", "Null", "NULL": self = .null
        case "true", "True", "TRUE": self = .bool(true)
        case "false", "False", "FALSE": self = .bool(false)
        default:
            if let int = Int(text) {
                self = .int(int)
            } else if let double = Double(text), double.isFinite {
                self = .double(double)
            } else {
                self = .string(text)
            }
        }
    }
}
