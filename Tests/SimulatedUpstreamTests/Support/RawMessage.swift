import NIOCore

/// An answer as its bytes came, however many of them did.
struct RawMessage {
    let status: String
    /// By their lower-case names.
    let fields: [String: String]
    let body: [UInt8]

    init(_ buffer: ByteBuffer) {
        let bytes = Array(buffer.readableBytesView)
        let end = Array("\r\n\r\n".utf8)
        let length = bytes.indices.first { bytes[$0...].starts(with: end) } ?? bytes.count
        let lines = String(decoding: bytes[..<length], as: UTF8.self).split(separator: "\r\n")
        status = lines.first.map { String($0) } ?? ""
        let pairs = lines.dropFirst().map { line in
            (line.prefix { $0 != ":" }.lowercased(), String(line.drop { $0 != ":" }.dropFirst(2)))
        }
        fields = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
        body = Array(bytes[min(length + end.count, bytes.count)...])
    }

    /// The chunks that are complete (RFC 9112 section 7.1).
    var chunks: [ArraySlice<UInt8>] {
        var chunks: [ArraySlice<UInt8>] = []
        var rest = body[...]
        while let line = rest.firstIndex(of: UInt8(ascii: "\r")),
            let size = Int(String(decoding: rest[..<line], as: UTF8.self), radix: 16), rest[line...].count >= size + 4
        {
            chunks.append(rest[(line + 2)...].prefix(size))
            rest = rest[(line + 2 + size + 2)...]
        }
        return chunks
    }
}
