import NIOCore
import NIOHTTP1

extension ScriptedAnswer {
    /// RFC 9110, sections 15.3.5 and 15.4.5: these statuses never have one.
    var mayHaveBody: Bool {
        status >= 200 && status != 204 && status != 304
    }

    var keepsConnection: Bool {
        !headers.contains { name, value in
            name.lowercased() == "connection" && value.lowercased().split { $0 == "," || $0 == " " }.contains("close")
        }
    }

    /// The head as it is written, with the framing that its delivery needs.
    var head: ByteBuffer {
        let reason = HTTPResponseStatus(statusCode: status).reasonPhrase
        let lines = (headers + framing).map { "\($0.name): \($0.value)\r\n" }
        return ByteBuffer(string: "HTTP/1.1 \(status) \(reason)\r\n" + lines.joined() + "\r\n")
    }

    private var framing: [(name: String, value: String)] {
        guard mayHaveBody else { return [] }
        switch delivery {
        case .whole, .cut, .bytewise: return [("Content-Length", "\(body.readableBytes)")]
        case .large(let count): return [("Content-Length", "\(count)")]
        case .chunked, .endless: return [("Transfer-Encoding", "chunked")]
        case .raw, .reset: return []
        }
    }
}

extension ByteBuffer {
    static let lastChunk = ByteBuffer(string: "0\r\n\r\n")

    /// RFC 9112, section 7.1.
    static func chunk(_ bytes: ByteBuffer) -> ByteBuffer {
        let size = String(bytes.readableBytes, radix: 16)
        return ByteBuffer(string: "\(size)\r\n") + bytes + ByteBuffer(string: "\r\n")
    }

    static func + (left: ByteBuffer, right: ByteBuffer) -> ByteBuffer {
        var (whole, rest) = (left, right)
        whole.writeBuffer(&rest)
        return whole
    }

    func prefix(_ count: Int) -> ByteBuffer {
        getSlice(at: readerIndex, length: min(count, readableBytes)) ?? ByteBuffer()
    }
}
