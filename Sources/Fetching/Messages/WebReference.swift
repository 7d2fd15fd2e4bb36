/// A URL or a relative reference, taken apart and not yet checked (RFC 3986, appendix B); without its fragment.
struct WebReference {
    /// In lower case.
    let scheme: String?
    /// What follows `//`.
    let authority: ArraySlice<UInt8>?
    let path: ArraySlice<UInt8>
    /// What follows the first question mark.
    let query: ArraySlice<UInt8>?

    /// - Throws: ``FetchError/invalidURL(_:)`` for a text that is too long.
    init(_ text: String) throws(FetchError) {
        guard text.utf8.count <= WebAddress.maximumLength else { throw WebAddress.tooLong }
        var rest = Self.cleaned(text).prefix { $0 != UInt8(ascii: "#") }
        scheme = Self.takeScheme(from: &rest)
        let beforeQuery = rest.prefix { $0 != UInt8(ascii: "?") }
        query = beforeQuery.endIndex < rest.endIndex ? rest[(beforeQuery.endIndex + 1)...] : nil
        guard beforeQuery.count >= 2, beforeQuery.prefix(2).allSatisfy(WebPath.isSlash) else {
            authority = nil
            path = beforeQuery
            return
        }
        let afterSlashes = beforeQuery.dropFirst(2)
        let authority = afterSlashes.prefix { !WebPath.isSlash($0) }
        self.authority = authority
        path = afterSlashes[authority.endIndex...]
    }

    var isRooted: Bool { path.first.map(WebPath.isSlash) ?? false }

    /// `nil` where the scheme is left out.
    ///
    /// - Throws: ``FetchError/invalidURL(_:)`` for any but http and https.
    var isSecure: Bool? {
        get throws(FetchError) {
            switch scheme {
            case nil: nil
            case "http": false
            case "https": true
            default: throw .invalidURL("is neither http nor https")
            }
        }
    }

    /// Without white space and control characters around it, and without tabs and line ends within.
    private static func cleaned(_ text: String) -> [UInt8] {
        func isOutside(_ scalar: Unicode.Scalar) -> Bool { scalar.value <= 0x20 || scalar.properties.isWhitespace }
        let scalars = text.unicodeScalars
        let start = scalars.firstIndex { !isOutside($0) } ?? scalars.endIndex
        let end = scalars.lastIndex { !isOutside($0) }.map { scalars.index(after: $0) } ?? start
        return text.utf8[start..<end].filter { !"\t\n\r".utf8.contains($0) }
    }

    /// A letter, and letters, digits, `+`, `-` and `.`, before a colon (RFC 3986, section 3.1).
    private static func takeScheme(from text: inout ArraySlice<UInt8>) -> String? {
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let scheme = text[..<colon]
        guard scheme.first?.isASCIILetter == true,
            scheme.allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit || "+-.".utf8.contains($0) })
        else { return nil }
        text = text[(colon + 1)...]
        return String(decoding: scheme, as: UTF8.self).lowercased()
    }
}
