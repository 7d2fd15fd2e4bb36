/// The one spelling in which paths and patterns are compared (RFC 9309, section 2.2.2).
///
/// Octets that cannot stand in a path or query are percent-encoded, encoded ones that are unreserved are plain, and the
/// others keep their encoding, in upper case: `%2F` is not `/` (RFC 3986, section 2.2). `*` and `$` are encoded where
/// they stand for themselves (RFC 9309, section 2.2.3).
enum RobotsEncoding {
    /// An empty path is `/` (RFC 3986, section 6.2.3).
    static func path(_ text: String) -> [UInt8] {
        let octets = normalized(Array(text.utf8)[...], keepingStars: false)
        return octets.first == UInt8(ascii: "/") ? octets : [UInt8(ascii: "/")] + octets
    }

    static func pattern(_ value: ArraySlice<UInt8>) -> [UInt8] {
        guard value.last == UInt8(ascii: "$") else { return normalized(value, keepingStars: true) }
        return normalized(value.dropLast(), keepingStars: true) + [UInt8(ascii: "$")]
    }

    private static func normalized(_ octets: ArraySlice<UInt8>, keepingStars: Bool) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(octets.count)
        var unread = octets
        while let octet = unread.popFirst() {
            if octet == UInt8(ascii: "%"), let encoded = value(ofDigits: unread.prefix(2)) {
                unread = unread.dropFirst(2)
                append(encoded, to: &result, isPlain: isUnreserved(encoded))
            } else {
                let isWildcard = keepingStars && octet == UInt8(ascii: "*")
                append(octet, to: &result, isPlain: isWildcard || isUnreserved(octet) || isDelimiter(octet))
            }
        }
        return result
    }

    private static let digits = Array("0123456789ABCDEF".utf8)

    private static func append(_ octet: UInt8, to result: inout [UInt8], isPlain: Bool) {
        if isPlain {
            result.append(octet)
        } else {
            result += [UInt8(ascii: "%"), digits[Int(octet >> 4)], digits[Int(octet & 15)]]
        }
    }

    private static func value(ofDigits text: ArraySlice<UInt8>) -> UInt8? {
        let values = text.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        return values.count == 2 ? UInt8(values[0] << 4 | values[1]) : nil
    }

    /// RFC 3986, section 2.3.
    private static func isUnreserved(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: false
        }
    }

    /// The reserved characters that a path or query may hold as they are, except `*` and `$`.
    private static func isDelimiter(_ octet: UInt8) -> Bool {
        "!&'()+,;=:@/?".utf8.contains(octet)
    }
}
