extension JSONSchema {
    /// The patterns of the formats that are checked; `int64` only tells a size that every integer here has.
    private static let formats = [
        "date-time": #"^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$"#,
        "uuid": "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
        "int64": "",
    ]

    static func isKnownFormat(_ name: String) -> Bool {
        formats[name] != nil
    }

    fileprivate static func pattern(ofFormat name: String) -> String {
        formats[name] ?? ""
    }
}

extension JSONSchema.Rule {
    /// What is wrong with a text.
    func textProblem(of text: String) -> String? {
        switch self {
        case .length(let range):
            let length = text.unicodeScalars.count
            return range.contains(length) ? nil : "has \(length) characters"
        case .pattern(let pattern):
            return Self.matches(text, pattern) ? nil : "'\(text)' does not match \(pattern)"
        case .format(let name):
            return Self.matches(text, JSONSchema.pattern(ofFormat: name)) ? nil : "'\(text)' is no \(name)"
        default: return nil
        }
    }

    private static func matches(_ text: String, _ pattern: String) -> Bool {
        guard let regex = try? Regex(pattern) else { return false }
        return text.firstMatch(of: regex) != nil
    }
}

extension JSONTree {
    /// The names of its type: a whole number is an integer as well as a number.
    var kinds: Set<String> {
        switch self {
        case .null: ["null"]
        case .bool: ["boolean"]
        case .integer: ["integer", "number"]
        case .number(let value): value == value.rounded() ? ["integer", "number"] : ["number"]
        case .string: ["string"]
        case .array: ["array"]
        case .object: ["object"]
        }
    }
}
