import NIOCore

/// A valid PDF with a title, an address and as many pages of text as its size asks for.
///
/// Only the few bytes that differ are written for each document; its pages share one block of text.
struct PDFDocument {
    private(set) var segments: [ByteBuffer] = []
    private(set) var size = 0
    private var open = ByteBuffer()
    private var offsets: [Int] = []

    /// - Parameter size: about how many bytes it shall have; at least some 1,300.
    init(title: String, url: String, hash: UInt64, size wanted: Int) {
        let heading = Self.heading(title: title, url: url, hash: hash)
        let lines = max(0, wanted - 1_000 - heading.utf8.count) / PDFFiller.lineLength
        let pages = max(1, (lines + PDFFiller.linesPerPage - 1) / PDFFiller.linesPerPage)
        let kids = (0..<pages).map { "\(5 + 2 * $0) 0 R" }.joined(separator: " ")

        write("%PDF-1.4\n")
        write([UInt8(ascii: "%"), 0xE2, 0xE3, 0xCF, 0xD3, 0x0A])
        object("<< /Type /Catalog /Pages 2 0 R >>")
        object("<< /Type /Pages /Count \(pages) /Kids [\(kids)] >>")
        object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
        object("<< /Title (\(Self.escape(title))) /Subject (\(Self.escape(url))) /Producer (upstream-simulator) >>")
        for page in 0..<pages {
            object(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents \(6 + 2 * page) 0 R"
                    + " /Resources << /Font << /F1 3 0 R >> >> >>")
            let left = lines - page * PDFFiller.linesPerPage
            content(heading: page == 0 ? heading : "", lines: min(left, PDFFiller.linesPerPage))
        }
        trailer(hash: hash)
    }

    private mutating func write(_ text: String) {
        size += open.writeString(text)
    }

    private mutating func write(_ bytes: [UInt8]) {
        size += open.writeBytes(bytes)
    }

    private mutating func object(_ body: String) {
        offsets.append(size)
        write("\(offsets.count) 0 obj\n\(body)\nendobj\n")
    }

    private mutating func content(heading: String, lines: Int) {
        let length = lines * PDFFiller.lineLength
        offsets.append(size)
        write("\(offsets.count) 0 obj\n<< /Length \(heading.utf8.count + length) >>\nstream\n\(heading)")
        if let text = PDFFiller.page.getSlice(at: 0, length: length), length > 0 {
            closeSegment()
            segments.append(text)
            size += length
        }
        write("\nendstream\nendobj\n")
    }

    private mutating func trailer(hash: UInt64) {
        let start = size
        let id = StableHash.hex(hash) + StableHash.hex(StableHash.mix(hash))
        write("xref\n0 \(offsets.count + 1)\n0000000000 65535 f \n")
        for offset in offsets {
            let digits = String(offset)
            write("\(String(repeating: "0", count: 10 - digits.utf8.count))\(digits) 00000 n \n")
        }
        write("trailer\n<< /Size \(offsets.count + 1) /Root 1 0 R /Info 4 0 R /ID [<\(id)> <\(id)>] >>\n")
        write("startxref\n\(start)\n%%EOF\n")
        closeSegment()
    }

    private mutating func closeSegment() {
        segments.append(open)
        open = ByteBuffer()
    }

    private static func heading(title: String, url: String, hash: UInt64) -> String {
        "BT /F1 14 Tf 1 0 0 1 40 822 Tm (\(escape(String(title.prefix(80))))) Tj ET\n"
            + "BT /F1 7 Tf 1 0 0 1 40 808 Tm (\(escape(url))) Tj ET\n"
            + "BT /F1 7 Tf 1 0 0 1 40 799 Tm (Document \(StableHash.hex(hash))) Tj ET\n"
    }

    /// A string of plain ASCII for between parentheses.
    private static func escape(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "(", ")", "\\":
                escaped += "\\"
                escaped.unicodeScalars.append(scalar)
            case " "..."~": escaped.unicodeScalars.append(scalar)
            default: escaped += "?"
            }
        }
        return escaped
    }
}
