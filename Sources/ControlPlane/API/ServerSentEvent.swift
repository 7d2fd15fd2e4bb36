import NIOCore

/// One event of a stream (HTML standard, section 9.2).
struct ServerSentEvent: Sendable {
    /// What a reader that comes back names as the last it had. One line.
    var id: String?
    /// One line.
    let name: String
    let data: [UInt8]
    /// Whether the stream ends with this event.
    var isLast = false

    /// A comment, which readers ignore.
    static let heartbeat = ByteBuffer(string: ":\n\n")

    var frame: ByteBuffer {
        var frame = ByteBuffer()
        if let id { frame.writeString("id: \(id)\n") }
        frame.writeString("event: \(name)\n")
        for line in data.split(omittingEmptySubsequences: false, whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            frame.writeString("data: ")
            frame.writeBytes(line)
            frame.writeString("\n")
        }
        frame.writeString("\n")
        return frame
    }
}
