extension DocumentNode {
    /// Refuses what no limits document needs, and what makes the parser's work grow faster than the text.
    ///
    /// It is looked for anywhere, since what looks like a comment or a quotation may be neither.
    static func refuseCostly(_ text: String) throws(DocumentProblems) {
        guard text.isStreamSafe else {
            throw DocumentProblems([
                DocumentProblem(path: "", message: "the text has more than 30 combining marks in a row")
            ])
        }
        let bytes = Array(text.utf8)
        for (offset, byte) in bytes.enumerated() {
            guard let message = costly(byte, at: offset, in: bytes) else { continue }
            throw DocumentProblems([DocumentProblem(path: "", place: place(offset, in: text), message: message)])
        }
    }

    private static func costly(_ byte: UInt8, at offset: Int, in bytes: [UInt8]) -> String? {
        let rest = bytes[(offset + 1)...]
        let isInWord = offset > 0 && bytes[offset - 1].isLetterOrDigit
        switch byte {
        case UInt8(ascii: "&") where !isInWord:
            // A few anchors that refer to each other stand for billions of values.
            return "anchors (&name) are not accepted in a request; write the values out"
        case UInt8(ascii: "?") where !isInWord && (rest.first.map(isBlank) ?? true),
            UInt8(ascii: "]") where isFollowedByColon(rest), UInt8(ascii: "}") where isFollowedByColon(rest):
            // Keys are compared with all that is in them, and keys can be in keys.
            return "a key must be a plain text in a request, no list and no mapping"
        case UInt8(ascii: "\\") where rest.first.map { [UInt8(ascii: "u"), UInt8(ascii: "U")].contains($0) } ?? false:
            return "characters are not accepted by number (\\u) in a request; write them as they are"
        default: return nil
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

    private static func isFollowedByColon(_ rest: ArraySlice<UInt8>) -> Bool {
        rest.first { $0 != 0x20 && $0 != 0x09 } == UInt8(ascii: ":")
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
