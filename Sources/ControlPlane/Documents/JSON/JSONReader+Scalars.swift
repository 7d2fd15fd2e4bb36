extension JSONReader {
    /// Of a number; more digits than this say nothing that a `Double` could hold.
    private static let maximumNumberBytes = 128

    // MARK: - Strings

    /// The string whose quotation mark comes next.
    mutating func string(atMost most: Int) throws(JSONProblem) -> String {
        let start = position
        position += 1
        var unescaped: [UInt8] = []
        /// Where the bytes begin that are not in `unescaped` yet.
        var pending = position
        var isASCII = true
        while true {
            guard position - pending + unescaped.count <= most else {
                throw refusal("is longer than \(most) bytes", at: start)
            }
            switch byte {
            case UInt8(ascii: "\""):
                let rest = bytes[pending..<position]
                let text =
                    unescaped.isEmpty
                    ? String(validating: rest, as: UTF8.self) : String(validating: unescaped + rest, as: UTF8.self)
                guard let text else { throw problem("it must be UTF-8, which this string is not", at: start) }
                guard isASCII || text.isStreamSafe else {
                    throw refusal("has more than 30 combining marks in a row", at: start)
                }
                position += 1
                return text
            case UInt8(ascii: "\\"):
                unescaped += bytes[pending..<position]
                unescaped.append(contentsOf: String(try escapedScalar()).utf8)
                pending = position
                isASCII = false
            case 0: throw unexpected("the end of a string")
            case 1..<0x20: throw problem("a control character must be written as an escape such as \\n")
            case 0x80...:
                isASCII = false
                position += 1
            default: position += 1
            }
        }
    }

    private mutating func escapedScalar() throws(JSONProblem) -> Unicode.Scalar {
        let start = position
        position += 2
        guard position < bytes.count else { throw unexpected("the end of a string") }
        switch bytes[start + 1] {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape(at: start)
        default: throw problem("a backslash must be followed by one of \"\\/bfnrtu", at: start)
        }
    }

    /// An escape by code units of UTF-16: one, or the two halves of a surrogate pair.
    private mutating func unicodeEscape(at start: Int) throws(JSONProblem) -> Unicode.Scalar {
        let unit = try codeUnit(at: start)
        if let scalar = Unicode.Scalar(unit) { return scalar }
        let isFollowed = bytes[position...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")])
        guard UTF16.isLeadSurrogate(unit), isFollowed else {
            throw problem("half of a surrogate pair stands alone", at: start)
        }
        position += 2
        let trail = try codeUnit(at: start)
        guard UTF16.isTrailSurrogate(trail) else { throw problem("half of a surrogate pair stands alone", at: start) }
        return UTF16.decode(UTF16.EncodedScalar([unit, trail]))
    }

    private mutating func codeUnit(at start: Int) throws(JSONProblem) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw problem("\\u must be followed by four hexadecimal digits", at: start)
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }

    // MARK: - Numbers

    mutating func number() throws(JSONProblem) -> JSONValue {
        let start = position
        if byte == UInt8(ascii: "-") { position += 1 }
        let first = position
        try digits()
        guard bytes[first] != UInt8(ascii: "0") || position == first + 1 else {
            throw problem("a number must not begin with 0", at: start)
        }
        var isInteger = true
        if byte == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try digits()
        }
        if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
            isInteger = false
            position += 1
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        guard position - start <= Self.maximumNumberBytes else {
            throw refusal("is a number of more than \(Self.maximumNumberBytes) characters", at: start)
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let value = Int(text) { return .int(value) }
        guard let value = Double(text), value.isFinite else { throw refusal("is too large a number", at: start) }
        return Int(exactly: value).map { .int($0) } ?? .double(value)
    }

    /// Passes over one digit or more.
    private mutating func digits() throws(JSONProblem) {
        let start = position
        while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > start else { throw unexpected("a digit") }
    }
}
