/// A line of robots.txt that means something to a crawler (RFC 9309, section 2.2).
enum RobotsLine {
    case userAgent(ArraySlice<UInt8>)
    case rule(isAllowing: Bool, path: ArraySlice<UInt8>)
    case crawlDelay(ArraySlice<UInt8>)

    /// `nil` for empty lines, comments, other records and what is no record at all.
    init?(parsing line: ArraySlice<UInt8>) {
        let record = line.prefix { $0 != UInt8(ascii: "#") }
        guard let colon = record.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let name = Self.trimmed(record[..<colon])
        let value = Self.trimmed(record[(colon + 1)...])
        if name.equalsIgnoringCase("user-agent".utf8) {
            self = .userAgent(value)
        } else if name.equalsIgnoringCase("allow".utf8) {
            self = .rule(isAllowing: true, path: value)
        } else if name.equalsIgnoringCase("disallow".utf8) {
            self = .rule(isAllowing: false, path: value)
        } else if name.equalsIgnoringCase("crawl-delay".utf8) {
            self = .crawlDelay(value)
        } else {
            return nil
        }
    }

    static func isEnd(_ octet: UInt8) -> Bool {
        octet == UInt8(ascii: "\n") || octet == UInt8(ascii: "\r")
    }

    static func isWhiteSpace(_ octet: UInt8) -> Bool {
        octet == UInt8(ascii: " ") || octet == UInt8(ascii: "\t")
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let start = text.drop(while: isWhiteSpace)
        guard let last = start.lastIndex(where: { !isWhiteSpace($0) }) else { return [] }
        return start[...last]
    }
}
