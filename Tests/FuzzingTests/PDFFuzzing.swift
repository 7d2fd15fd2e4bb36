@testable import Harvesting

/// What a host sends where a file was asked for.
enum PDFFuzzing {
    static func run(_ bytes: [UInt8]) throws {
        let sniffer = BodySniffer(contentType: nil, path: "/a")
        let classification = sniffer.classify(bytes)
        let early = sniffer.classify(bytes.prefix(BodySniffer.window))
        try FuzzTarget.require(classification == early, "what a body is depends on what is not looked at")
        let defect = PDFCheck.defect(length: bytes.count, tail: bytes.suffix(PDFCheck.tailBytes))
        try FuzzTarget.require(
            bytes.count >= PDFCheck.minimumBytes || defect != nil, "\(bytes.count) bytes are taken for a PDF")
    }
}
