import Logging

/// A JSON object on one line, put together as text: a general encoder takes longer than all else that an event costs.
struct JSONLine: Sendable {
    private var bytes: [UInt8] = []

    init() {
        bytes.reserveCapacity(512)
        bytes.append(UInt8(ascii: "{"))
    }

    mutating func add(_ key: String, _ value: String) {
        begin(key)
        append(value)
    }

    mutating func add(_ key: String, _ value: Logger.Metadata.Value) {
        begin(key)
        append(value)
    }

    private mutating func begin(_ key: String) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        append(key)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func append(_ value: Logger.Metadata.Value) {
        switch value {
        case .string(let text): append(text)
        case .stringConvertible(let number as Int): bytes.append(contentsOf: String(number).utf8)
        case .stringConvertible(let flag as Bool): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        case .stringConvertible(let value): append("\(value)")
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                append(value)
            }
            bytes.append(UInt8(ascii: "]"))
        case .dictionary(let values):
            var object = JSONLine()
            for (key, value) in values { object.add(key, value) }
            bytes.append(contentsOf: object.bytes)
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// RFC 8259, section 7.
    private mutating func append(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        defer { bytes.append(UInt8(ascii: "\"")) }
        let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        guard !isPlain else { return bytes.append(contentsOf: text.utf8) }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
            case 0..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 0xf)])
            default: bytes.append(byte)
            }
        }
    }

    /// The whole line, its end included.
    consuming func finished(_ body: (UnsafeRawBufferPointer) -> Void) {
        bytes.append(contentsOf: "}\n".utf8)
        bytes.withUnsafeBytes(body)
    }
}
