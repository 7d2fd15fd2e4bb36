/// Reads a JSON text (RFC 8259) in one pass over its bytes, and stops at the first that cannot be accepted.
///
/// Stricter than the RFC has to be: UTF-8 without a byte order mark, no key twice in an object, no lone surrogates, no
/// number that a `Double` cannot hold. What is bounded is counted while it is read.
struct JSONReader {
    /// Lists and objects that may stand in each other.
    static let maximumDepth = 32
    /// Of a key. Comparing long ones that are no ASCII costs more than their length says.
    static let maximumKeyBytes = 256

    let bytes: [UInt8]
    let bounds: JSONBounds
    var position = 0
    private var depth = 0
    private var values = 0

    private init(_ bytes: [UInt8], _ bounds: JSONBounds) {
        self.bytes = bytes
        self.bounds = bounds
    }

    /// - Throws: ``JSONProblem`` with line and column.
    static func value(of bytes: [UInt8], within bounds: JSONBounds = .body) throws(JSONProblem) -> JSONValue {
        var reader = JSONReader(bytes, bounds)
        try reader.refuseOtherEncodings()
        let value = try reader.value()
        reader.skipSpace()
        guard reader.isAtEnd else { throw reader.unexpected("the end of the text") }
        return value
    }

    private func refuseOtherEncodings() throws(JSONProblem) {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw problem("it must not begin with a byte order mark") }
        if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) { throw problem("it must be UTF-8") }
    }

    // MARK: - Values

    private mutating func value() throws(JSONProblem) -> JSONValue {
        skipSpace()
        values += 1
        guard values <= bounds.values else { throw refusal("has more than \(bounds.values) values") }
        switch byte {
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "\""): return .string(try string(atMost: bounds.stringBytes))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: throw unexpected("a value")
        }
    }

    private mutating func object() throws(JSONProblem) -> [String: JSONValue] {
        try open()
        var fields: [String: JSONValue] = [:]
        if skip(UInt8(ascii: "}")) { return fields }
        while true {
            skipSpace()
            guard byte == UInt8(ascii: "\"") else { throw unexpected("a key in quotation marks") }
            let start = position
            let key = try string(atMost: Self.maximumKeyBytes)
            guard skip(UInt8(ascii: ":")) else { throw unexpected("':'").under(.key(key)) }
            let value: JSONValue
            do { value = try self.value() } catch { throw error.under(.key(key)) }
            guard fields.updateValue(value, forKey: key) == nil else {
                throw refusal("given more than once", at: start).under(.key(key))
            }
            if skip(UInt8(ascii: "}")) { return fields }
            guard skip(UInt8(ascii: ",")) else { throw unexpected("',' or '}'") }
        }
    }

    private mutating func array() throws(JSONProblem) -> [JSONValue] {
        try open()
        var items: [JSONValue] = []
        if skip(UInt8(ascii: "]")) { return items }
        while true {
            do { items.append(try value()) } catch { throw error.under(.index(items.count)) }
            if skip(UInt8(ascii: "]")) { return items }
            guard skip(UInt8(ascii: ",")) else { throw unexpected("',' or ']'") }
        }
    }

    /// Steps into a list or an object; ``skip(_:)`` steps out of it.
    private mutating func open() throws(JSONProblem) {
        depth += 1
        guard depth <= Self.maximumDepth else {
            throw refusal("is nested more than \(Self.maximumDepth) deep")
        }
        position += 1
    }

    private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONProblem) -> JSONValue {
        let end = position + text.utf8CodeUnitCount
        let isThere = text.withUTF8Buffer { end <= bytes.count && bytes[position..<end].elementsEqual($0) }
        guard isThere else { throw unexpected("a value") }
        position = end
        return value
    }

    // MARK: - Bytes

    var isAtEnd: Bool { position >= bytes.count }

    /// The next one; zero, which no text may have, at the end.
    var byte: UInt8 { isAtEnd ? 0 : bytes[position] }

    private mutating func skipSpace() {
        while !isAtEnd {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    /// Passes over space and, where it comes next, a mark of structure.
    private mutating func skip(_ mark: UInt8) -> Bool {
        skipSpace()
        guard byte == mark else { return false }
        if mark == UInt8(ascii: "}") || mark == UInt8(ascii: "]") { depth -= 1 }
        position += 1
        return true
    }

    // MARK: - Problems

    /// A text that is no JSON.
    func problem(_ message: String, at position: Int? = nil) -> JSONProblem {
        refusal("not valid JSON: \(message)", at: position)
    }

    /// JSON that is not accepted.
    func refusal(_ message: String, at position: Int? = nil) -> JSONProblem {
        JSONProblem(place: place(position ?? self.position), message: message)
    }

    /// Something else than what has to stand here.
    func unexpected(_ expected: String) -> JSONProblem {
        if isAtEnd { return problem("it ends where \(expected) is expected") }
        switch byte {
        case 0: return problem("it must be UTF-8, without zero bytes")
        case 0x21...0x7E: return problem("\(expected) is expected, not '\(Unicode.Scalar(byte))'")
        default: return problem("\(expected) is expected")
        }
    }

    private func place(_ position: Int) -> TextPlace {
        let before = bytes.prefix(position)
        let line = before.lastIndex(of: UInt8(ascii: "\n")).map { before[($0 + 1)...] } ?? before
        return TextPlace(
            line: before.count { $0 == UInt8(ascii: "\n") } + 1, column: line.count { $0 & 0xC0 != 0x80 } + 1)
    }
}
