/// What is wrong with a JSON text, in words for whoever sent it.
struct JSONProblem: CustomStringConvertible {
    /// Such as `claims[0].weight`; empty for the text itself.
    let path: String
    let message: String

    var description: String { path.isEmpty ? message : "\(path): \(message)" }

    init(_ error: any Error) {
        switch error {
        case DecodingError.typeMismatch(let type, let context):
            path = Self.path(context.codingPath)
            message = "must be \(Self.name(type))"
        case DecodingError.valueNotFound(let type, let context):
            path = Self.path(context.codingPath)
            message = "must be \(Self.name(type)), not null"
        case DecodingError.keyNotFound(let key, let context):
            path = Self.path(context.codingPath + [key])
            message = "is missing"
        case DecodingError.dataCorrupted(let context):
            path = Self.path(context.codingPath)
            message = context.codingPath.isEmpty ? "not valid JSON" : context.debugDescription
        default:
            path = ""
            message = "not valid JSON"
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.reduce(into: "") { path, key in
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += (path.isEmpty ? "" : ".") + key.stringValue
            }
        }
    }

    private static func name(_ type: Any.Type) -> String {
        switch type {
        case is any FixedWidthInteger.Type: "a whole number"
        case is any BinaryFloatingPoint.Type: "a number"
        case is String.Type: "a text"
        case is Bool.Type: "true or false"
        case is any Collection.Type: "a list"
        default: "an object"
        }
    }
}
