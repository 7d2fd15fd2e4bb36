/// Reads JSON into `JSON`, keeping the spelling of numbers.
struct JSONParser {
    struct Problem: Error, CustomStringConvertible {
        let offset: Int
        var description: String { "is not valid JSON near byte \(offset)" }
    }

    private static let deepest = 200

    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    static func parse(_ bytes: [UInt8]) throws(Problem) -> JSON {
        var parser = JSONParser(bytes: bytes)
        let value = try parser.value()
        parser.skipSpace()
        guard parser.position == bytes.count else { throw parser.problem }
        return value
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private var problem: Problem { Problem(offset: position) }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(Problem) {
        guard take(byte) else { throw problem }
    }

    private mutating func value() throws(Problem) -> JSON {
        skipSpace()
        depth += 1
        defer { depth -= 1 }
        guard let byte = next, depth < Self.deepest else { throw problem }
        switch byte {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws(Problem) -> JSON {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count, String(decoding: bytes[position..<end], as: UTF8.self) == word.description else {
            throw problem
        }
        position = end
        return value
    }

    private mutating func number() throws(Problem) -> JSON {
        let start = position
        while let byte = next, "+-.0123456789eE".utf8.contains(byte) {
            position += 1
        }
        let spelling = String(decoding: bytes[start..<position], as: UTF8.self)
        guard Double(spelling) != nil else { throw problem }
        return .number(spelling)
    }

    private mutating func array() throws(Problem) -> JSON {
        try expect(UInt8(ascii: "["))
        var values: [JSON] = []
        if take(UInt8(ascii: "]")) { return .array(values) }
        repeat {
            values.append(try value())
        } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
        return .array(values)
    }

    private mutating func object() throws(Problem) -> JSON {
        try expect(UInt8(ascii: "{"))
        var members: [String: JSON] = [:]
        if take(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            skipSpace()
            let name = try string()
            try expect(UInt8(ascii: ":"))
            members[name] = try value()
        } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"))
        return .object(members)
    }

    private mutating func string() throws(Problem) -> String {
        try expect(UInt8(ascii: "\""))
        var units: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: units, as: UTF8.self)
            case UInt8(ascii: "\\"): units.append(contentsOf: try escape().utf8)
            default: units.append(byte)
            }
        }
        throw problem
    }

    private mutating func escape() throws(Problem) -> String {
        guard let byte = next else { throw problem }
        position += 1
        switch byte {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "u"):
            var units = [try codeUnit()]
            if UTF16.isLeadSurrogate(units[0]), next == UInt8(ascii: "\\") {
                position += 2
                units.append(try codeUnit())
            }
            return String(decoding: units, as: UTF16.self)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return String(UnicodeScalar(byte))
        default: throw problem
        }
    }

    private mutating func codeUnit() throws(Problem) -> UInt16 {
        guard position + 4 <= bytes.count,
            let unit = UInt16(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw problem }
        position += 4
        return unit
    }
}
