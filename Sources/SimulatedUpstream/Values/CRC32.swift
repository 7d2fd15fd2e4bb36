/// The checksum of RFC 1952 section 8, of zeros only.
///
/// To it a byte is a polynomial's coefficients, the highest power in the lowest bit. A zero byte multiplies what was
/// there by x⁸, and so any number of them by a power of that, which takes no time.
enum CRC32 {
    private static let polynomial: UInt32 = 0xEDB8_8320

    static func checksum(ofZeros count: Int) -> UInt32 {
        var checksum = UInt32.max
        var factor: UInt32 = 1 << (31 - 8)
        var rest = count
        while rest > 0 {
            if rest % 2 == 1 { checksum = product(checksum, factor) }
            factor = product(factor, factor)
            rest /= 2
        }
        return ~checksum
    }

    /// The product of two polynomials, modulo the one of the checksum.
    private static func product(_ one: UInt32, _ other: UInt32) -> UInt32 {
        var sum: UInt32 = 0
        var term = other
        for power in 0..<32 {
            if one & (1 << (31 - power)) != 0 { sum ^= term }
            term = term & 1 == 0 ? term >> 1 : term >> 1 ^ polynomial
        }
        return sum
    }
}
