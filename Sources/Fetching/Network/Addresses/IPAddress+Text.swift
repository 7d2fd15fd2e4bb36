/// Addresses as they stand in URLs.
extension IPAddress {
    /// Reads all that browsers and systems take for an IPv4 address: `127.1`, `0x7f.1`, `0177.0.0.1`, `2130706433` (WHATWG
    /// URL, section 3.5).
    init?(parsingIPv4 name: some StringProtocol) {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Self.number($0.utf8) }
        guard (1...4).contains(parts.count), numbers.count == parts.count, let last = numbers.last,
            numbers.dropLast().allSatisfy({ $0 < 256 }), UInt64(last) < 1 << (8 * UInt64(5 - parts.count))
        else { return nil }
        let rest = withUnsafeBytes(of: last.bigEndian) { Array($0) }
        self.init(bytes: numbers.dropLast().map { UInt8(truncatingIfNeeded: $0) } + rest.dropFirst(parts.count - 1))
    }

    /// Reads an IPv6 address without its brackets; zones mean nothing to others and are refused.
    init?(parsingIPv6 text: some Sequence<UInt8>) {
        let text = String(decoding: Array(text), as: UTF8.self)
        guard text.utf8.allSatisfy({ $0.hexDigitValue != nil || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") })
        else { return nil }
        self.init(parsing: text)
        guard bytes.count == 16 else { return nil }
    }

    /// Whether a name means a number, if anything: no such top-level domain can exist.
    static func endsInNumber(_ name: String) -> Bool {
        guard let last = name.split(separator: ".").last?.utf8 else { return false }
        return last.allSatisfy(\.isASCIIDigit)
            || last.starts(with: "0x".utf8) && last.dropFirst(2).allSatisfy { $0.hexDigitValue != nil }
    }

    /// A number in C's notation, of 32 bits at most.
    private static func number(_ text: some Collection<UInt8>) -> UInt32? {
        let hasPrefix = text.starts(with: "0x".utf8) || text.starts(with: "0X".utf8)
        let radix: UInt32 = hasPrefix ? 16 : text.first == UInt8(ascii: "0") ? 8 : 10
        guard !text.isEmpty else { return nil }
        var number: UInt32 = 0
        for octet in text.dropFirst(hasPrefix ? 2 : 0) {
            guard let digit = octet.hexDigitValue, digit < radix else { return nil }
            let (product, isTooLarge) = number.multipliedReportingOverflow(by: radix)
            let (sum, isStillTooLarge) = product.addingReportingOverflow(UInt32(digit))
            guard !isTooLarge, !isStillTooLarge else { return nil }
            number = sum
        }
        return number
    }
}

/// Four decimal numbers, or what RFC 5952 says: lower case, without leading zeros, the longest run of zeros left out.
extension IPAddress: CustomStringConvertible {
    var description: String {
        guard bytes.count == 16 else { return bytes.map(String.init).joined(separator: ".") }
        let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        var zeros = 0..<0
        for start in groups.indices {
            let end = groups[start...].firstIndex { $0 != 0 } ?? groups.endIndex
            if end - start > max(1, zeros.count) { zeros = start..<end }
        }
        func text(_ groups: ArraySlice<UInt16>) -> String {
            groups.map { String($0, radix: 16) }.joined(separator: ":")
        }
        guard !zeros.isEmpty else { return text(groups[...]) }
        return "\(text(groups[..<zeros.lowerBound]))::\(text(groups[zeros.upperBound...]))"
    }
}
