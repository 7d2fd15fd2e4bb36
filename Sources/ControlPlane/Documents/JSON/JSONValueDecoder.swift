/// Decodes values from JSON that was read already: each part once, as the type that is asked for.
struct JSONValueDecoder {
    let value: JSONValue
    private let outer: DocumentPath
    private let part: DocumentPath.Part?

    /// - Parameters:
    ///   - outer: the path of what the value stands in.
    ///   - part: where in it; `nil` for all of it.
    init(_ value: JSONValue, in outer: DocumentPath, at part: DocumentPath.Part? = nil) {
        self.value = value
        self.outer = outer
        self.part = part
    }

    var path: DocumentPath { part.map(outer.appending) ?? outer }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        guard let scalar = type as? any JSONScalar.Type else { return try type.init(from: self) }
        guard let decoded = scalar.init(value) as? Value else { throw mismatch(scalar.requirement) }
        return decoded
    }

    func mismatch(_ requirement: String) -> JSONProblem {
        JSONProblem(path: "\(path)", message: "must be \(requirement)\(value.isNull ? ", not null" : "")")
    }

    private func refuseUnknownKeys<Key: StrictKey>(_ type: Key.Type, among fields: [String: JSONValue]) throws {
        guard fields.keys.contains(where: { Key(stringValue: $0) == nil }) else { return }
        let unknown = fields.keys.filter { Key(stringValue: $0) == nil }.min() ?? ""
        let known = Key.allCases.map(\.stringValue).sorted().joined(separator: ", ")
        throw JSONProblem(
            path: "\(path.appending(.key(unknown)))", message: "unknown field; known here: \(known)")
    }
}

extension JSONValueDecoder: Decoder {
    var codingPath: [any CodingKey] { path.parts.map(PathKey.init) }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .object(let fields) = value else { throw mismatch("an object") }
        if let strict = type as? any StrictKey.Type { try refuseUnknownKeys(strict, among: fields) }
        return KeyedDecodingContainer(JSONFields<Key>(fields, at: path))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .array(let items) = value else { throw mismatch("a list") }
        return JSONItems(items, at: path)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

    /// A part of a path, for types that decode themselves.
    private struct PathKey: CodingKey {
        let stringValue: String
        let intValue: Int?

        init(_ part: DocumentPath.Part) {
            switch part {
            case .key(let key): (stringValue, intValue) = (key, nil)
            case .index(let index): (stringValue, intValue) = ("\(index)", index)
            }
        }

        init(stringValue: String) { self.init(.key(stringValue)) }
        init(intValue: Int) { self.init(.index(intValue)) }
    }
}

extension JSONValueDecoder: SingleValueDecodingContainer {
    func decodeNil() -> Bool { value.isNull }
}
