package import HTTPTypes

/// The members of a list-valued field (RFC 9110, section 5.6.1), all its lines together.
package enum FieldList {
    /// Members without surrounding white space and without empty ones; commas in quoted strings separate nothing.
    package static func members(of name: HTTPField.Name, in fields: HTTPFields) -> [Substring] {
        fields[values: name].flatMap { split($0[...]) }
    }

    /// - Parameters:
    ///   - separator: what stands between members outside of quotes.
    ///   - hasEscapes: whether a backslash in quotes takes its meaning from what follows; not in entity tags.
    package static func split(
        _ text: Substring, at separator: UInt8 = UInt8(ascii: ","), hasEscapes: Bool = true
    ) -> [Substring] {
        var parts: [Substring] = []
        var start = text.startIndex
        var isQuoted = false
        var isEscaped = false
        // By octets, for a separator is one whatever accent follows it.
        for index in text.utf8.indices {
            switch text.utf8[index] {
            case _ where isEscaped: isEscaped = false
            case UInt8(ascii: "\\") where isQuoted && hasEscapes: isEscaped = true
            case UInt8(ascii: "\""): isQuoted.toggle()
            case separator where !isQuoted:
                parts.append(text[start..<index])
                start = text.utf8.index(after: index)
            default: break
            }
        }
        let rest = text[start...]
        // A quote that nothing closes hides nothing: what follows it may be `no-store`.
        parts += isQuoted ? rest.utf8.split(separator: separator).map { Substring($0) } : [rest]
        return parts.map(trimmed).filter { !$0.isEmpty }
    }

    package static func trimmed(_ text: Substring) -> Substring {
        func isSpace(_ octet: UInt8) -> Bool { octet == UInt8(ascii: " ") || octet == UInt8(ascii: "\t") }
        var octets = text.utf8.drop(while: isSpace)
        while let last = octets.last, isSpace(last) { octets.removeLast() }
        return Substring(octets)
    }

    /// What a quoted string stands for; other text as it is.
    static func unquoted(_ text: Substring) -> String {
        guard text.utf8.count >= 2, text.first == "\"", text.last == "\"" else { return String(text) }
        var result = ""
        var isEscaped = false
        for character in text.dropFirst().dropLast() {
            if !isEscaped, character == "\\" {
                isEscaped = true
            } else {
                result.append(character)
                isEscaped = false
            }
        }
        return result
    }
}
