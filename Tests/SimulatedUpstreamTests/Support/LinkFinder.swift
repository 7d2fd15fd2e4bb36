import Foundation

@testable import SimulatedUpstream

/// Finds the PDF a landing page links, as a reader of such pages does.
enum LinkFinder {
    enum Form: CaseIterable {
        case meta
        case link
        case anchor
    }

    static func pdfLink(in html: String, at url: String) throws -> (form: Form, url: String)? {
        let base = tags("base", in: html).first.flatMap { attribute("href", of: $0) }
        func resolve(_ reference: String) -> String? {
            URL(string: reference, relativeTo: URL(string: base ?? url))?.absoluteURL.absoluteString
        }
        for tag in tags("meta", in: html) where attribute("name", of: tag) == "citation_pdf_url" {
            if let link = attribute("content", of: tag).flatMap(resolve) { return (.meta, link) }
        }
        for tag in tags("link", in: html) where attribute("type", of: tag) == "application/pdf" {
            if let link = attribute("href", of: tag).flatMap(resolve) { return (.link, link) }
        }
        for tag in tags("a", in: html) {
            if let reference = attribute("href", of: tag), reference.hasSuffix(".pdf"), let link = resolve(reference) {
                return (.anchor, link)
            }
        }
        return nil
    }

    private static func tags(_ name: String, in html: String) -> [Substring] {
        html.split(separator: "<").filter { $0.hasPrefix("\(name) ") }.map { $0.prefix { $0 != ">" } }
    }

    private static func attribute(_ name: String, of tag: Substring) -> String? {
        guard let start = tag.range(of: " \(name)=")?.upperBound, start < tag.endIndex else { return nil }
        let quote = tag[start]
        return tag[tag.index(after: start)...].prefix { $0 != quote }
            .replacingOccurrences(of: "&quot;", with: "\"").replacingOccurrences(of: "&#39;", with: "'")
            .replacingOccurrences(of: "&amp;", with: "&")
    }
}
