import NIOCore

/// Half a mebibyte of gzip (RFC 1952) that inflates to 512 MiB of zeros: more than 1,000 to 1, the most there can be.
///
/// All of it is one block: a zero, and then copies of the byte before, 258 bytes each. The block's own codes make a
/// copy two bits, both of them 0, so that nothing needs to be compressed: between its head and its end the block is
/// zeros as well.
enum GzipBomb {
    private static let copies = ((512 << 20) + 256) / 258
    static let inflatedSize = 1 + 258 * copies

    /// The bits before the copies in the order they are sent: of a number the lowest comes first, of a code the highest
    /// (RFC 1951 section 3.1.1).
    private static let blockHead = [
        "1",  // The last block,
        "01",  // with codes of its own (section 3.2.7):
        "10111",  // 257 + 29 for literals and lengths,
        "00000",  // 1 for distances, and
        "0111",  // 4 + 14 for the lengths of these codes. Of them
        "000000100",  // "repeat 0" is 0,
        String(repeating: "000", count: 12),
        "010000010",  // "1 bit" is 10, and "2 bits" is 11.
        "11", "01111111", "00101011",  // The literal 0 has 2 bits, the 138 + 117 that follow have none,
        "11", "01000100",  // the end of the block has 2 bits, the 28 that follow have none,
        "10",  // a length of 258 has 1 bit, and so
        "10",  // has a distance of 1.
        "10",  // The literal 0.
    ].joined()

    static let file: ByteBuffer = {
        let end = blockHead.utf8.count + 2 * copies
        var block = [UInt8](repeating: 0, count: (end + 2 + 7) / 8)
        for (place, bit) in blockHead.utf8.enumerated() where bit == UInt8(ascii: "1") {
            block[place / 8] |= 1 << (place % 8)
        }
        for place in [end, end + 1] {
            block[place / 8] |= 1 << (place % 8)
        }
        var file = ByteBuffer(bytes: [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 0xFF])
        file.writeBytes(block)
        file.writeInteger(CRC32.checksum(ofZeros: inflatedSize), endianness: .little)
        file.writeInteger(UInt32(inflatedSize), endianness: .little)
        return file
    }()
}
