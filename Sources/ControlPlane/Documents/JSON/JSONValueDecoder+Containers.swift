/// The fields of an object.
struct JSONFields<Key: CodingKey>: KeyedDecodingContainerProtocol {
    private let fields: [String: JSONValue]
    private let path: DocumentPath

    init(_ fields: [String: JSONValue], at path: DocumentPath) {
        self.fields = fields
        self.path = path
    }

    var codingPath: [any CodingKey] { JSONValueDecoder(.null, in: path).codingPath }
    var allKeys: [Key] { fields.keys.compactMap(Key.init(stringValue:)) }

    func contains(_ key: Key) -> Bool { fields[key.stringValue] != nil }

    private func decoder(for name: String) throws -> JSONValueDecoder {
        guard let value = fields[name] else {
            throw JSONProblem(path: "\(path.appending(.key(name)))", message: "is missing")
        }
        return JSONValueDecoder(value, in: path, at: .key(name))
    }

    func decodeNil(forKey key: Key) throws -> Bool { try decoder(for: key.stringValue).decodeNil() }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try decoder(for: key.stringValue).decode(type)
    }

    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        guard let value = fields[key.stringValue], !value.isNull else { return nil }
        return try JSONValueDecoder(value, in: path, at: .key(key.stringValue)).decode(type)
    }

    func nestedContainer<Inner: CodingKey>(
        keyedBy type: Inner.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Inner> {
        try decoder(for: key.stringValue).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try decoder(for: key.stringValue).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { try decoder(for: "super") }
    func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(for: key.stringValue) }
}

/// The items of a list, one after the other.
struct JSONItems: UnkeyedDecodingContainer {
    private let items: [JSONValue]
    private let path: DocumentPath
    private(set) var currentIndex = 0

    init(_ items: [JSONValue], at path: DocumentPath) {
        self.items = items
        self.path = path
    }

    var codingPath: [any CodingKey] { JSONValueDecoder(.null, in: path).codingPath }
    var count: Int? { items.count }
    var isAtEnd: Bool { currentIndex >= items.count }

    private func decoder() throws -> JSONValueDecoder {
        guard !isAtEnd else {
            throw JSONProblem(path: "\(path)", message: "must hold more than \(items.count) values")
        }
        return JSONValueDecoder(items[currentIndex], in: path, at: .index(currentIndex))
    }

    mutating func decodeNil() throws -> Bool {
        guard try decoder().decodeNil() else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let value = try decoder().decode(type)
        currentIndex += 1
        return value
    }

    mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        let container = try decoder().container(keyedBy: type)
        currentIndex += 1
        return container
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let container = try decoder().unkeyedContainer()
        currentIndex += 1
        return container
    }

    mutating func superDecoder() throws -> any Decoder {
        let decoder = try decoder()
        currentIndex += 1
        return decoder
    }
}
