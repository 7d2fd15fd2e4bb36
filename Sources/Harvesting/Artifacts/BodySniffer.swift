/// Decides what a body is from its first bytes, its `Content-Type` and its URL; the first rule that matches wins.
struct BodySniffer {
    private let contentType: String
    private let path: String

    /// The rules look no further than this, leading white space included.
    static let window = 2048
    /// A body that no rule knows is taken for a PDF once it is longer than this.
    static let undecidedLimit = 64 << 10

    /// - Parameter path: of the URL, to look at its suffix.
    init(contentType: String?, path: String) {
        self.contentType = contentType?.lowercased() ?? ""
        self.path = path.lowercased()
    }

    /// The class of a body that begins with `head` (at least ``window`` bytes, or all there is); `nil` when undecided.
    func classify(_ head: some Collection<UInt8>) -> Classification? {
        let head = head.prefix(Self.window)
        let text = head.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
        if Self.starts(text, ["<!doctype html", "<html", "<head", "<body"]) { return .html }
        if Self.starts(text, ["<?xml", "<rss", "<feed"]) { return .xml }
        if Self.contains(head, "%PDF") { return .pdf }
        let mediaType = contentType.prefix { $0 != ";" }.filter { !$0.isWhitespace }
        switch mediaType {
        case "text/html", "application/xhtml+xml": return .html
        case "application/pdf", "application/x-pdf": return .pdf
        case "application/xml", "text/xml": return .xml
        default:
            if mediaType.hasSuffix("+xml") { return .xml }
        }
        if path.hasSuffix(".pdf") { return .pdf }
        if path.hasSuffix(".xml") { return .xml }
        return nil
    }

    private static func starts(_ text: some Sequence<UInt8>, _ prefixes: [String]) -> Bool {
        prefixes.contains { prefix in
            text.starts(with: prefix.utf8) { byte, wanted in
                byte == wanted || ((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) && byte | 0x20 == wanted)
            }
        }
    }

    static func contains(_ bytes: some Collection<UInt8>, _ text: String) -> Bool {
        var rest = bytes[...]
        while let first = text.utf8.first, let index = rest.firstIndex(of: first) {
            if rest[index...].starts(with: text.utf8) { return true }
            rest = rest[index...].dropFirst()
        }
        return false
    }
}
