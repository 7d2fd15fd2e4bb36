/// Octets of URLs (RFC 3986, section 2).
extension UInt8 {
    var isASCIILetter: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        default: false
        }
    }

    var isASCIIDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    /// Section 2.3.
    var isUnreserved: Bool { isASCIILetter || isASCIIDigit || "-._~".utf8.contains(self) }

    /// What a segment of a path may hold as it is, besides percent-encoded octets (section 3.3).
    var isPathCharacter: Bool { isUnreserved || "!$&'()*+,;=:@".utf8.contains(self) }

    var hexDigitValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension [UInt8] {
    mutating func append(percentEncoding octet: UInt8) {
        let digits = "0123456789ABCDEF".utf8
        append(UInt8(ascii: "%"))
        append(digits[digits.index(digits.startIndex, offsetBy: Int(octet >> 4))])
        append(digits[digits.index(digits.startIndex, offsetBy: Int(octet & 15))])
    }
}

extension ArraySlice<UInt8> {
    /// What `%XX` at the start stands for; `nil` where the text starts otherwise.
    var firstPercentEncoded: UInt8? {
        guard count >= 3, self[startIndex] == UInt8(ascii: "%"), let high = self[startIndex + 1].hexDigitValue,
            let low = self[startIndex + 2].hexDigitValue
        else { return nil }
        return high << 4 | low
    }

    /// All that is percent-encoded, decoded.
    var percentDecoded: [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(count)
        var rest = self
        while let first = rest.first {
            if let octet = rest.firstPercentEncoded {
                decoded.append(octet)
                rest = rest.dropFirst(3)
            } else {
                decoded.append(first)
                rest = rest.dropFirst()
            }
        }
        return decoded
    }
}
