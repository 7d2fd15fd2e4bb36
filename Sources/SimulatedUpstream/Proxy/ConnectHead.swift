import NIOCore

/// What the first bytes of a connection turn out to be.
enum ConnectHead: Equatable {
    case incomplete
    /// Not a `CONNECT`.
    case absent
    /// A `CONNECT` that is granted; its head is consumed.
    case tunnel
    case refused(String)

    static let largest = 8 * 1_024

    /// Consumes a complete `CONNECT` head, and nothing otherwise.
    static func read(from buffer: inout ByteBuffer) -> ConnectHead {
        let view = buffer.readableBytesView
        let method = "CONNECT ".utf8
        guard view.starts(with: method) else {
            return view.count < method.count && method.starts(with: view) ? .incomplete : .absent
        }
        guard let length = headLength(in: view.prefix(largest)) else {
            return view.count < largest ? .incomplete : .refused(answer("431 Request Header Fields Too Large", ""))
        }
        let line = String(decoding: view.prefix { $0 != 0x0D && $0 != 0x0A }, as: UTF8.self)
        buffer.moveReaderIndex(forwardBy: length)
        return judge(line)
    }

    /// The length of a head up to and including its blank line.
    private static func headLength(in view: ByteBufferView) -> Int? {
        var lineLength = 0
        for (offset, byte) in view.enumerated() {
            switch byte {
            case 0x0A where lineLength == 0: return offset + 1
            case 0x0A: lineLength = 0
            case 0x0D: break
            default: lineLength += 1
            }
        }
        return nil
    }

    private static func judge(_ line: String) -> ConnectHead {
        let words = line.split(separator: " ")
        guard words.count == 3, words[2].hasPrefix("HTTP/1."), let colon = words[1].lastIndex(of: ":"),
            colon > words[1].startIndex, let port = UInt16(words[1][words[1].index(after: colon)...])
        else {
            return .refused(answer("400 Bad Request", "Write CONNECT HOST:PORT HTTP/1.1.\n"))
        }
        guard port != 443 else {
            return .refused(
                answer("501 Not Implemented", "There are no certificates here: use http:// URLs, not https://.\n"))
        }
        return .tunnel
    }

    private static func answer(_ status: String, _ text: String) -> String {
        "HTTP/1.1 \(status)\r\nContent-Type: text/plain\r\nContent-Length: \(text.utf8.count)\r\n"
            + "Connection: close\r\n\r\n\(text)"
    }
}
