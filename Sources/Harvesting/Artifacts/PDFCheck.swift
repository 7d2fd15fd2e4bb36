/// What a whole PDF must look like at its end.
enum PDFCheck {
    static let minimumBytes = 1024
    static let tailBytes = 2048

    /// The reason why these bytes are no intact PDF; `nil` when they may be one.
    static func defect(length: Int, tail: [UInt8]) -> String? {
        if length < minimumBytes { return "pdf_too_small" }
        let lowercased = tail.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        if BodySniffer.contains(lowercased, "</html") || BodySniffer.contains(lowercased, "</body") {
            return "html_tail_detected"
        }
        if !BodySniffer.contains(tail, "%%EOF") { return "pdf_eof_missing" }
        return nil
    }
}
