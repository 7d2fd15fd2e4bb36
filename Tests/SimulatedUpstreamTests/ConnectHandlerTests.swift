import NIOCore
import NIOEmbedded
import Testing

@testable import SimulatedUpstream

@Suite("CONNECT")
struct ConnectHandlerTests {
    private static let head = "CONNECT files.example:80 HTTP/1.1\r\nHost: files.example:80\r\n\r\n"
    private static let request = "GET /a HTTP/1.1\r\nHost: files.example\r\n\r\n"

    @Test("is answered and taken away wherever the reads are split", arguments: 1..<head.utf8.count)
    func splitReads(size: Int) throws {
        let channel = EmbeddedChannel(handler: ConnectHandler())
        try Self.feed(Self.head + Self.request, size: size, into: channel)
        #expect(try Self.output(of: channel) == "HTTP/1.1 200 Connection established\r\n\r\n")
        #expect(try Self.input(of: channel) == Self.request)
        #expect(throws: (any Error).self) { try channel.pipeline.syncOperations.handler(type: ConnectHandler.self) }
        _ = try channel.finish()
    }

    @Test("leaves everything else alone", arguments: [1, 3, 1_000])
    func passing(size: Int) throws {
        for text in [Self.request, "CONTACT /x HTTP/1.1\r\n\r\n", "GET http://files.example/a HTTP/1.1\r\n\r\n"] {
            let channel = EmbeddedChannel(handler: ConnectHandler())
            try Self.feed(text, size: size, into: channel)
            #expect(try Self.input(of: channel) == text)
            #expect(try Self.output(of: channel) == "")
            _ = try channel.finish()
        }
    }

    @Test(
        "is refused where it cannot work",
        arguments: [
            ("CONNECT files.example:443 HTTP/1.1\r\n\r\n", "501 Not Implemented"),
            ("CONNECT files.example HTTP/1.1\r\n\r\n", "400 Bad Request"),
            ("CONNECT a:80 HTTP/1.1\r\nX: ", "431 Request Header Fields Too Large"),
        ])
    func refusals(text: String, status: String) throws {
        let channel = EmbeddedChannel(handler: ConnectHandler())
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/unused")).wait()
        try Self.feed(text + String(repeating: "x", count: ConnectHead.largest), size: 10_000, into: channel)
        #expect(try Self.output(of: channel).hasPrefix("HTTP/1.1 \(status)\r\n"))
        #expect(try Self.input(of: channel) == "")
        #expect(!channel.isActive)
    }

    private static func feed(_ text: String, size: Int, into channel: EmbeddedChannel) throws {
        var bytes = ByteBuffer(string: text)
        while let piece = bytes.readSlice(length: min(size, bytes.readableBytes)), piece.readableBytes > 0 {
            // Discarded at once, the result is destroyed wrongly by an optimized build of Swift 6.3.1.
            let state = try channel.writeInbound(piece)
            withExtendedLifetime(state) {}
        }
    }

    private static func input(of channel: EmbeddedChannel) throws -> String {
        var text = ""
        while let piece = try channel.readInbound(as: ByteBuffer.self) { text += String(buffer: piece) }
        return text
    }

    private static func output(of channel: EmbeddedChannel) throws -> String {
        var text = ""
        while let piece = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: piece) }
        return text
    }
}
