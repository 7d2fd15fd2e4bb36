import Foundation

/// What is wrong with a JSON text, in words for whoever sent it.
struct JSONProblem: CustomStringConvertible {
    /// Such as `claims[0].weight`; empty for the text itself.
    let path: String
    let message: String

    var description: String { path.isEmpty ? message : "\(path): \(message)" }

    /// - Parameter text: what could not be decoded.
    init(_ error: any Error, in text: Data) {
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
        case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
            path = Self.path(context.codingPath)
            message = context.debugDescription
        default:
            if let place = (try? JSONDecoder().decode(JSONValue.self, from: text))?.firstFraction(at: "") {
                // The decoder calls a number that fits no Int corrupted, and does not say which.
                path = place
                message = "must be a whole number"
            } else {
                path = ""
                message = Self.syntaxError(in: text)
            }
        }
    }

    private static func syntaxError(in text: Data) -> String {
        do {
            _ = try JSONSerialization.jsonObject(with: text, options: .fragmentsAllowed)
            return "not valid JSON"
        } catch {
            let reason = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String
            return "not valid JSON" + (reason.map { ": \($0)" } ?? "")
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
        case is [String: Any].Type: "an object"
        case is any Collection.Type: "a list"
        default: "an object"
        }
    }
}

extension JSONValue {
    /// Where the first number is that is not whole, or too large to be counted.
    fileprivate func firstFraction(at path: String) -> String? {
        switch self {
        case .double: path
        case .array(let values):
            values.enumerated().lazy.compactMap { $1.firstFraction(at: "\(path)[\($0)]") }.first
        case .object(let values):
            values.sorted { $0.key < $1.key }.lazy
                .compactMap { $1.firstFraction(at: path.isEmpty ? $0 : "\(path).\($0)") }.first
        case .null, .bool, .int, .string: nil
        }
    }
}
