import NIOCore
import NIOHTTP1

/// Percent-encodes octets beyond ASCII in `Location` before the HTTP decoder reads them: it takes fields for UTF-8 and
/// replaces what is none, while servers that send Latin-1 or the like mean just these octets.
enum LocationOctets {
    /// - Parameter channel: an HTTP/1.1 connection with its decoder; called on its event loop.
    static func install(in channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
        let encoder = HeadEncoder()
        try pipeline.addHandler(encoder, position: .before(decoder))
        try pipeline.addHandler(ResponseEnd(encoder), position: .after(decoder))
    }

    /// Where the bytes are that come next.
    private enum Place {
        /// So many octets of the line are `location:` so far.
        case name(Int)
        case location
        case otherField
        case body
    }

    private final class HeadEncoder: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias InboundOut = ByteBuffer

        private static let name = Array("location:".utf8)
        private var place = Place.name(0)
        private var lineLength = 0
        /// Whether the head so far is of an interim response (RFC 9110, section 15.2), which another head follows.
        private var isInterim = false
        private var isStatusLine = true

        func expectHead() {
            place = .name(0)
            lineLength = 0
            isInterim = false
            isStatusLine = true
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data)
            context.fireChannelRead(wrapInboundOut(encoded(bytes, context.channel.allocator)))
        }

        private func encoded(_ bytes: ByteBuffer, _ allocator: ByteBufferAllocator) -> ByteBuffer {
            var encoded: [UInt8]?
            let view = bytes.readableBytesView
            for (index, octet) in zip(view.indices, view) {
                if case .body = place {
                    encoded?.append(contentsOf: view[index...])
                    break
                }
                if case .location = place, octet >= 0x80 {
                    if encoded == nil { encoded = Array(view[..<index]) }
                    encoded?.append(percentEncoding: octet)
                } else {
                    encoded?.append(octet)
                }
                read(octet)
            }
            return encoded.map { allocator.buffer(bytes: $0) } ?? bytes
        }

        private func read(_ octet: UInt8) {
            switch (octet, place) {
            case (UInt8(ascii: "\r"), _):
                break
            case (UInt8(ascii: "\n"), _):
                let isEnd = lineLength == 0
                if isEnd, isInterim { expectHead() } else { place = isEnd ? .body : .name(0) }
                lineLength = 0
                if !isEnd { isStatusLine = false }
            case (_, .name(let count)):
                if isStatusLine, lineLength == "HTTP/1.1 ".utf8.count { isInterim = octet == UInt8(ascii: "1") }
                lineLength += 1
                guard !isStatusLine else { return }
                // ASCII letters differ from their other case in this bit alone.
                guard octet | 0x20 == Self.name[count] else {
                    place = .otherField
                    return
                }
                place = count + 1 == Self.name.count ? .location : .name(count + 1)
            default:
                lineLength += 1
            }
        }
    }

    /// Only the decoder knows where a body ends.
    private final class ResponseEnd: ChannelInboundHandler {
        typealias InboundIn = HTTPClientResponsePart
        typealias InboundOut = HTTPClientResponsePart

        private let encoder: HeadEncoder

        init(_ encoder: HeadEncoder) {
            self.encoder = encoder
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if case .end = unwrapInboundIn(data) { encoder.expectHead() }
            context.fireChannelRead(data)
        }
    }
}
