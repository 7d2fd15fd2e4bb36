import CZlib
import NIOCore

/// Decompresses what zlib can: gzip (RFC 1952) of one or several members, zlib's own format (RFC 1950), and deflate
/// without a wrapper (RFC 1951). Belongs to the one task that reads the body.
final class Inflater {
    private enum State {
        /// Nothing has come that tells the format; an empty body is in none.
        case atStart
        case inMember
        /// A member has ended, and another may follow.
        case betweenMembers
        /// What else comes is no part of the content.
        case ended
    }

    /// Bytes that are made of one piece of the input at most, before the next.
    static let chunk = 64 << 10
    /// However well a body is compressed, so much of it is let through.
    static let harmlessLength = 1 << 20
    /// Compressed text shrinks to a hundredth at best; only bombs grow by more.
    static let largestGrowth = 100

    private let coding: ContentCoding
    /// zlib keeps the stream's address.
    private let stream: UnsafeMutablePointer<z_stream>
    private var state = State.atStart
    private var input = ByteBuffer()
    /// Whether zlib may have bytes that the last piece had no room for.
    private var holdsOutput = false
    private var compressedLength = 0
    private var length = 0

    init(_ coding: ContentCoding) {
        self.coding = coding
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Whether nothing more can come of whatever follows.
    var hasEnded: Bool { state == .ended }

    /// Takes in what has arrived.
    func receive(_ bytes: ByteBuffer) {
        var bytes = bytes
        compressedLength += bytes.readableBytes
        if input.readableBytes == 0 { input = bytes } else { input.writeBuffer(&bytes) }
    }

    /// The next bytes of the content; `nil` where more has to arrive first.
    ///
    /// - Throws: ``FetchError/undecodable(_:)``.
    func next() throws(FetchError) -> ByteBuffer? {
        while true {
            switch state {
            case .ended: return nil
            case .atStart, .betweenMembers:
                // The first two bytes tell a format.
                guard input.readableBytes >= 2 else { return nil }
                try beginMember()
            case .inMember:
                guard input.readableBytes > 0 || holdsOutput else { return nil }
                let output = try inflated()
                if output.readableBytes > 0 { return output }
            }
        }
    }

    /// Says that nothing more will arrive.
    ///
    /// - Throws: ``FetchError/truncated(_:)`` when the content is not whole.
    func finish() throws(FetchError) {
        switch state {
        case .ended, .betweenMembers: return
        case .atStart where input.readableBytes == 0: return
        case .atStart, .inMember: throw .truncated("the compressed body ends early")
        }
    }

    private func beginMember() throws(FetchError) {
        let first = input.getInteger(at: input.readerIndex, as: UInt16.self) ?? 0
        guard let windowBits = windowBits(first) else {
            guard state == .betweenMembers else { throw .undecodable("it says that it is compressed, and is not") }
            state = .ended
            return
        }
        inflateEnd(stream)
        stream.pointee = z_stream()
        let result = inflateInit2_(stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard result == Z_OK else { throw Self.failure(result) }
        state = .inMember
    }

    /// The format that begins with two bytes, in zlib's terms; `nil` where none does. The bytes decide, for some hosts
    /// send the one and name the other.
    private func windowBits(_ first: UInt16) -> Int32? {
        if first == 0x1F8B { return 16 + MAX_WBITS }
        // A body in zlib's format, or without a wrapper, is one piece.
        guard state == .atStart else { return nil }
        if (first >> 8) & 0x8F == 8, first % 31 == 0 { return MAX_WBITS }
        return coding == .deflate ? -MAX_WBITS : nil
    }

    private func inflated() throws(FetchError) -> ByteBuffer {
        var output = ByteBuffer()
        var result = Z_OK
        input.readWithUnsafeReadableBytes { bytes in
            let start = bytes.baseAddress?.assumingMemoryBound(to: Bytef.self)
            // zlib declares the pointer mutable, and only reads.
            stream.pointee.next_in = start.map(UnsafeMutablePointer.init(mutating:))
            stream.pointee.avail_in = uInt(clamping: bytes.count)
            let given = stream.pointee.avail_in
            output.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.chunk) { room in
                stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: Bytef.self)
                stream.pointee.avail_out = uInt(Self.chunk)
                result = inflate(stream, Z_NO_FLUSH)
                return Self.chunk - Int(stream.pointee.avail_out)
            }
            return Int(given - stream.pointee.avail_in)
        }
        holdsOutput = stream.pointee.avail_out == 0
        switch result {
        // Without progress there is nothing to be had before more arrives.
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: state = .betweenMembers
        default: throw Self.failure(result)
        }
        length += output.readableBytes
        guard length <= max(Self.harmlessLength, compressedLength * Self.largestGrowth) else {
            throw .undecodable("its body grows to more than \(Self.largestGrowth) times its size")
        }
        return output
    }

    private static func failure(_ result: Int32) -> FetchError {
        .undecodable(
            result == Z_MEM_ERROR ? "there is no memory to decompress it" : "its compressed bytes are damaged")
    }
}
