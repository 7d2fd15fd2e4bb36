/// Any JSON value.
enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// A whole number, however it was written.
    case int(Int)
    /// Any other number; finite.
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    var isNull: Bool {
        if case .null = self { true } else { false }
    }
}

extension JSONValue: Encodable {
    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .int(let value): try container.encode(value)
        case .double(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

extension JSONValue: Decodable {
    /// - Parameter decoder: one of ``JSON``; it has read the value already.
    init(from decoder: any Decoder) throws {
        guard let decoder = decoder as? JSONValueDecoder else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "is read by JSON.decode only"))
        }
        self = decoder.value
    }
}
