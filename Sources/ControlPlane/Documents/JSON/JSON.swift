import Foundation

/// How all JSON is read and written.
enum JSON {
    static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        return encoder
    }()

    /// - Throws: ``JSONProblem`` naming the place, or the path of the value that is wrong.
    static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8], within bounds: JSONBounds
    ) throws(JSONProblem) -> Value {
        try decode(type, from: JSONReader.value(of: bytes, within: bounds))
    }

    /// - Parameter path: where the value stands in a larger one.
    /// - Throws: ``JSONProblem`` naming the path of the value that is wrong.
    static func decode<Value: Decodable>(
        _ type: Value.Type, from value: JSONValue, at path: DocumentPath = .root
    ) throws(JSONProblem) -> Value {
        do {
            return try JSONValueDecoder(value, in: path).decode(type)
        } catch {
            throw JSONProblem(error)
        }
    }
}

/// The keys of an object that may have no others, so that a misspelt one is not silently ignored.
protocol StrictKey: CodingKey, CaseIterable {}
