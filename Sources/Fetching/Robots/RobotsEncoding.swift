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
        while let octet = unread.first {
            if let encoded = unread.firstPercentEncoded {
                unread = unread.dropFirst(3)
                append(encoded, to: &result, isPlain: encoded.isUnreserved)
            } else {
                unread = unread.dropFirst()
                let isWildcard = keepingStars && octet == UInt8(ascii: "*")
                append(octet, to: &result, isPlain: isWildcard || octet.isUnreserved || isDelimiter(octet))
            }
        }
        return result
    }

    private static func append(_ octet: UInt8, to result: inout [UInt8], isPlain: Bool) {
        if isPlain { result.append(octet) } else { result.append(percentEncoding: octet) }
    }

    /// The reserved characters that a path or query may hold as they are, except `*` and `$`.
    private static func isDelimiter(_ octet: UInt8) -> Bool {
        "!&'()+,;=:@/?".utf8.contains(octet)
    }
}
