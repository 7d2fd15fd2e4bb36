import CZlib
import NIOCore

/// Bytes as zlib compresses them.
enum Compressed {
    static func gzip(_ bytes: [UInt8]) -> [UInt8] { compress(bytes, windowBits: 16 + MAX_WBITS) }
    static func zlib(_ bytes: [UInt8]) -> [UInt8] { compress(bytes, windowBits: MAX_WBITS) }
    static func deflate(_ bytes: [UInt8]) -> [UInt8] { compress(bytes, windowBits: -MAX_WBITS) }

    private static func compress(_ bytes: [UInt8], windowBits: Int32) -> [UInt8] {
        var input = bytes
        var stream = z_stream()
        let size = Int32(MemoryLayout<z_stream>.size)
        deflateInit2_(&stream, 9, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
        defer { deflateEnd(&stream) }
        var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, uLong(bytes.count))) + 64)
        let room = output.count
        input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                (stream.next_in, stream.avail_in) = (input.baseAddress, uInt(input.count))
                (stream.next_out, stream.avail_out) = (output.baseAddress, uInt(output.count))
                _ = CZlib.deflate(&stream, Z_FINISH)
            }
        }
        return Array(output.prefix(room - Int(stream.avail_out)))
    }
}
