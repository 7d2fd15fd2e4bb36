/// The page about a work, with the link to its PDF in one of the forms found in the wild.
///
/// Form and spelling depend on the page's URL only, so that all of them occur and each page stays as it is.
struct LandingPage {
    let work: Work
    let key: URLKey

    private enum Spelling {
        case absolute
        case rooted
        case basedOnHref
    }

    var html: String {
        let title = HTMLText.escape(work.title ?? "Untitled")
        let link = work.linkedPDF.map { pdfLink($0) }
        var head = "<meta charset=\"utf-8\">\n<title>\(title)</title>\n"
        if let base = link?.base { head += "<base href=\"\(HTMLText.escape(base))\">\n" }
        head += "<meta name=\"citation_title\" content=\"\(title)\">\n"
        head += work.authors.prefix(20).map { "<meta name=\"citation_author\" content=\"\(HTMLText.escape($0))\">\n" }
            .joined()
        if let doi = work.doi { head += "<meta name=\"citation_doi\" content=\"\(HTMLText.escape(doi))\">\n" }
        head += link?.head ?? ""
        var body = "<h1>\(title)</h1>\n"
        body += "<p class=\"authors\">\(HTMLText.escape(work.authors.prefix(20).joined(separator: "; ")))</p>\n"
        body += "<p class=\"abstract\">\(HTMLText.escape(String((work.abstract ?? "").prefix(600))))</p>\n"
        body += link?.body ?? "<p>The full text is not available here.</p>\n"
        body += "<p><a href=\"/about\">About</a> <a href=\"/help/citing.html\">How to cite</a></p>\n"
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n\(head)</head>\n<body>\n\(body)</body>\n</html>\n"
    }

    private func pdfLink(_ url: String) -> (base: String?, head: String, body: String) {
        let (base, reference) = spell(url)
        let quote = StableHash.hash(key.description, salt: 3) % 3 == 0 ? "'" : "\""
        let value = quote + HTMLText.escape(reference) + quote
        switch StableHash.hash(key.description, salt: 1) % 4 {
        case 0:
            return (base, "<link rel=\"alternate\" title=\"PDF\" type=\"application/pdf\" href=\(value)>\n", "")
        case 1 where reference.hasSuffix(".pdf"):
            return (base, "", "<p><a class=\"download\" href=\(value)>Download</a></p>\n")
        case 2:
            return (base, "<meta content=\(value) name=\"citation_pdf_url\" />\n", "")
        default:
            return (base, "<meta name=\"citation_pdf_url\" content=\(value)>\n", "")
        }
    }

    private func spell(_ url: String) -> (base: String?, reference: String) {
        guard let (authority, target) = URLKey.split(url) else { return (nil, url) }
        let spelling: Spelling =
            switch StableHash.hash(key.description, salt: 2) % 4 {
            case 0 where URLKey.hostName(String(authority)) == key.host && target.hasPrefix("/"): .rooted
            case 1: .basedOnHref
            default: .absolute
            }
        let path = target.prefix { $0 != "?" }
        switch spelling {
        case .rooted: return (nil, String(target))
        case .basedOnHref:
            // A name with a colon or a leading slash would not be read as relative to the base.
            guard let slash = path.lastIndex(of: "/") else { return (nil, url) }
            let name = target[target.index(after: slash)...]
            guard let first = name.first, first != "/", first != "?", !name.contains(":") else { return (nil, url) }
            return ("http://\(authority)\(target[...slash])", String(name))
        case .absolute: return (nil, url)
        }
    }
}
