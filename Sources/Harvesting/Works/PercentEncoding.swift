/// Percent-encoding of what goes into a URL (RFC 3986, section 2.1).
enum PercentEncoding {
    /// All but unreserved characters, and those of `kept`, are encoded.
    static func encoded(_ text: String, keeping kept: String = "") -> String {
        text.utf8.map { byte in
            let character = Character(UnicodeScalar(byte))
            if character.isASCII, character.isLetter || character.isNumber || "-._~".contains(character) {
                return String(character)
            }
            if kept.contains(character) { return String(character) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }
}
