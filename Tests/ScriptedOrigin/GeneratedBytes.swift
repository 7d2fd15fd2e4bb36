package import NIOCore

/// Any number of bytes that need no memory: the byte at offset `n` is `n` modulo 251.
///
/// 251 is prime, so a piece that is lost, repeated or out of place does not go unnoticed.
package enum GeneratedBytes {
    private static let period = 251
    package static let largestPiece = 65_536
    private static let pieces = ByteBuffer(bytes: (0..<period + largestPiece).map { UInt8($0 % period) })

    /// At most ``largestPiece`` of the bytes that begin at the offset.
    package static func piece(at offset: Int, upTo end: Int) -> ByteBuffer {
        let count = min(largestPiece, max(0, end - offset))
        return pieces.getSlice(at: offset % period, length: count) ?? ByteBuffer()
    }

    /// Whether these are the bytes that begin at the offset.
    package static func matches(_ bytes: ByteBuffer, at offset: Int = 0) -> Bool {
        let end = offset + bytes.readableBytes
        var (rest, position) = (bytes, offset)
        while position < end {
            let expected = piece(at: position, upTo: end)
            guard rest.readSlice(length: expected.readableBytes) == expected else { return false }
            position += expected.readableBytes
        }
        return true
    }
}
