/// What can be written as bytes and read again: commands and states that limiters exchange. Numbers take as many bytes
/// as they need (LEB128 with zigzag, as in Protocol Buffers); a log of start times is written as differences.
protocol BinaryCodable {
    func write(to bytes: inout ByteWriter)
    /// - Throws: ``MalformedBytes``.
    init(from bytes: inout ByteReader) throws(MalformedBytes)
}

/// Bytes that are not what was expected: cut off, or written by another version.
package struct MalformedBytes: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ value: some BinaryCodable) { value.write(to: &self) }

    mutating func write(unsigned value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func write(contentsOf part: some Collection<UInt8>) { bytes.append(contentsOf: part) }
}

struct ByteReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func read<Value: BinaryCodable>(_ type: Value.Type = Value.self) throws(MalformedBytes) -> Value {
        try Value(from: &self)
    }

    mutating func readUnsigned() throws(MalformedBytes) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            guard let byte = rest.popFirst() else { throw MalformedBytes("end in the middle of a number") }
            guard shift < 63 || byte <= 1 else { throw MalformedBytes("a number is too large") }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    /// A number that is reckoned with, of milliseconds or the like: at most 2^40, so that nothing overflows.
    mutating func readAmount() throws(MalformedBytes) -> Int {
        let amount = try Int(from: &self)
        guard (0...1 << 40).contains(amount) else { throw MalformedBytes("\(amount) is too much or too little") }
        return amount
    }

    /// ``readAmount()``, where there is one.
    mutating func readOptionalAmount() throws(MalformedBytes) -> Int? {
        try Bool(from: &self) ? try readAmount() : nil
    }

    /// A ratio or a percentage.
    mutating func readFactor() throws(MalformedBytes) -> Double {
        let factor = try Double(from: &self)
        guard (0...1000).contains(factor) else { throw MalformedBytes("\(factor) is no factor") }
        return factor
    }

    /// How many elements follow; each takes a byte at least.
    mutating func readCount() throws(MalformedBytes) -> Int {
        let count = try readUnsigned()
        guard count <= UInt64(rest.count) else { throw MalformedBytes("more elements are announced than can follow") }
        return Int(count)
    }

    mutating func readBytes(_ count: Int) throws(MalformedBytes) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw MalformedBytes("end in the middle of a text") }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}

extension Int64: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(unsigned: UInt64(bitPattern: (self << 1) ^ (self >> 63)))
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        let value = try bytes.readUnsigned()
        self = Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }
}

extension Int: BinaryCodable {
    func write(to bytes: inout ByteWriter) { Int64(self).write(to: &bytes) }
    init(from bytes: inout ByteReader) throws(MalformedBytes) { self = Int(try Int64(from: &bytes)) }
}

extension UInt64: BinaryCodable {
    func write(to bytes: inout ByteWriter) { bytes.write(unsigned: self) }
    init(from bytes: inout ByteReader) throws(MalformedBytes) { self = try bytes.readUnsigned() }
}

extension UInt32: BinaryCodable {
    func write(to bytes: inout ByteWriter) { bytes.write(unsigned: UInt64(self)) }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        guard let value = UInt32(exactly: try bytes.readUnsigned()) else {
            throw MalformedBytes("a number is too large")
        }
        self = value
    }
}

extension Double: BinaryCodable {
    func write(to bytes: inout ByteWriter) { bytes.write(unsigned: bitPattern) }
    init(from bytes: inout ByteReader) throws(MalformedBytes) { self = Double(bitPattern: try bytes.readUnsigned()) }
}

extension Bool: BinaryCodable {
    func write(to bytes: inout ByteWriter) { bytes.write(unsigned: self ? 1 : 0) }
    init(from bytes: inout ByteReader) throws(MalformedBytes) { self = try bytes.readUnsigned() != 0 }
}

extension String: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(unsigned: UInt64(utf8.count))
        bytes.write(contentsOf: utf8)
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        self = String(decoding: try bytes.readBytes(try bytes.readCount()), as: UTF8.self)
    }
}

extension Optional: BinaryCodable where Wrapped: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(self != nil)
        if let value = self { bytes.write(value) }
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        self = try Bool(from: &bytes) ? try Wrapped(from: &bytes) : nil
    }
}

extension Array: BinaryCodable where Element: BinaryCodable {
    func write(to bytes: inout ByteWriter) {
        bytes.write(unsigned: UInt64(count))
        for element in self { bytes.write(element) }
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        let count = try bytes.readCount()
        self = []
        reserveCapacity(count)
        for _ in 0..<count { append(try Element(from: &bytes)) }
    }
}

extension Dictionary: BinaryCodable where Key: BinaryCodable & Comparable, Value: BinaryCodable {
    /// In the order of the keys: equal dictionaries give equal bytes.
    func write(to bytes: inout ByteWriter) {
        bytes.write(unsigned: UInt64(count))
        for (key, value) in sorted(by: { $0.key < $1.key }) {
            bytes.write(key)
            bytes.write(value)
        }
    }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        let count = try bytes.readCount()
        self.init(minimumCapacity: count)
        for _ in 0..<count {
            let key = try Key(from: &bytes)
            self[key] = try Value(from: &bytes)
        }
    }
}

extension RawRepresentable where RawValue == String, Self: BinaryCodable {
    func write(to bytes: inout ByteWriter) { bytes.write(rawValue) }

    init(from bytes: inout ByteReader) throws(MalformedBytes) {
        let text = try String(from: &bytes)
        guard let value = Self(rawValue: text) else { throw MalformedBytes("'\(text)' is no \(Self.self)") }
        self = value
    }
}
