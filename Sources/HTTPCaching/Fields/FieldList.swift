package import HTTPTypes

/// The members of a list-valued field (RFC 9110, section 5.6.1), all its lines together.
package enum FieldList {
    /// Members without surrounding white space and without empty ones; commas in quoted strings separate nothing.
    package static func members(of name: HTTPField.Name, in fields: HTTPFields) -> [Substring] {
        fields[values: name].flatMap { split($0[...], at: ",") }
    }

    static func split(_ text: Substring, at separator: Character) -> [Substring] {
        var members: [Substring] = []
        var start = text.startIndex
        var isQuoted = false
        var isEscaped = false
        func add(upTo end: Substring.Index) {
            let member = trimmed(text[start..<end])
            if !member.isEmpty { members.append(member) }
        }
        for index in text.indices {
            let character = text[index]
            if isEscaped {
                isEscaped = false
            } else if isQuoted, character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else if !isQuoted, character == separator {
                add(upTo: index)
                start = text.index(after: index)
            }
        }
        add(upTo: text.endIndex)
        return members
    }

    static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }

    /// What a quoted string stands for; other text as it is.
    static func unquoted(_ text: Substring) -> String {
        guard text.count >= 2, text.first == "\"", text.last == "\"" else { return String(text) }
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
