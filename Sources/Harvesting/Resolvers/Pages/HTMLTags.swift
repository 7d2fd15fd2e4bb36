/// The start tags of an HTML document, by the tokenizer rules of the HTML standard (section 13.2.5) that matter for
/// finding links: comments and the text of `script`, `style`, `title` and `textarea` are passed over, attribute values
/// may be unquoted, and character references in them are decoded.
struct HTMLTags: Sequence, IteratorProtocol {
    struct Tag {
        /// Lower-case.
        let name: String
        fileprivate(set) var attributes: [String: String]

        subscript(attribute: String) -> String? { attributes[attribute] }
    }

    private let bytes: [UInt8]
    private var position = 0

    init(_ html: some Collection<UInt8>) {
        bytes = Array(html)
    }

    mutating func next() -> Tag? {
        while let start = find("<", from: position) {
            position = start + 1
            if matches("!--", at: position) {
                position = find("-->", from: position + 3).map { $0 + 3 } ?? bytes.count
            } else if position < bytes.count, Self.isLetter(bytes[position]) {
                let tag = readTag()
                if ["script", "style", "title", "textarea"].contains(tag.name) { skipText(of: tag.name) }
                return tag
            }
        }
        return nil
    }

    private mutating func readTag() -> Tag {
        var tag = Tag(name: text(until: { Self.isSpace($0) || $0 == ">" || $0 == "/" }).lowercased(), attributes: [:])
        while position < bytes.count, bytes[position] != UInt8(ascii: ">") {
            if Self.isSpace(bytes[position]) || bytes[position] == UInt8(ascii: "/") {
                position += 1
                continue
            }
            // A name may begin with "=", so that reading always moves on.
            let first = position
            position += 1
            _ = text(until: { Self.isSpace($0) || $0 == ">" || $0 == "/" || $0 == "=" })
            let name = String(decoding: bytes[first..<position], as: UTF8.self).lowercased()
            let value = readValue()
            if tag.attributes[name] == nil { tag.attributes[name] = HTMLCharacterReferences.decoded(value) }
        }
        position = Swift.min(position + 1, bytes.count)
        return tag
    }

    private mutating func readValue() -> String {
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: "=") else { return "" }
        position += 1
        skipSpace()
        guard position < bytes.count else { return "" }
        let quote = bytes[position]
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            return text(until: { Self.isSpace($0) || $0 == ">" })
        }
        position += 1
        let value = text(until: { $0.value == UInt32(quote) })
        position = Swift.min(position + 1, bytes.count)
        return value
    }

    private mutating func skipText(of name: String) {
        while let end = find("</", from: position) {
            position = end + 2
            if matches(name, at: position) { return }
        }
        position = bytes.count
    }

    private mutating func text(until isEnd: (Unicode.Scalar) -> Bool) -> String {
        let start = position
        while position < bytes.count, !isEnd(Unicode.Scalar(bytes[position])) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func skipSpace() {
        while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
    }

    private func find(_ text: StaticString, from start: Int) -> Int? {
        text.withUTF8Buffer { pattern in
            guard start <= bytes.count - pattern.count, let first = pattern.first else { return nil }
            return (start...(bytes.count - pattern.count)).first { index in
                bytes[index] == first && bytes[index..<(index + pattern.count)].elementsEqual(pattern)
            }
        }
    }

    private func matches(_ text: String, at index: Int) -> Bool {
        let pattern = text.utf8
        return index + pattern.count <= bytes.count
            && zip(bytes[index...], pattern).allSatisfy { $0 == $1 || ($0 | 0x20) == $1 }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || (0x09...0x0D).contains(scalar.value)
    }
}
