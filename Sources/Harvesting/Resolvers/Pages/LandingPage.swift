import Fetching

/// The links on a landing page that lead to its work's file.
enum LandingPage {
    /// In order of trust: `meta[name=citation_pdf_url]`, `link[type=application/pdf]`, `a[href$=.pdf]`.
    ///
    /// References are resolved against `<base href>` where there is one, else against the page's own address.
    static func links(in html: some Collection<UInt8>, at address: WebAddress) -> [WebAddress] {
        var base = address
        var announced: [String] = []
        var linked: [String] = []
        var anchored: [String] = []
        for tag in HTMLTags(html) {
            switch tag.name {
            case "base":
                if let href = tag["href"], let resolved = try? address.resolving(href) { base = resolved }
            case "meta":
                if tag["name"]?.lowercased() == "citation_pdf_url", let content = tag["content"] {
                    announced.append(content)
                }
            case "link":
                let relation = tag["rel"]?.lowercased() ?? ""
                if tag["type"]?.lowercased() == "application/pdf", relation.isEmpty || relation == "alternate",
                    let href = tag["href"]
                {
                    linked.append(href)
                }
            case "a":
                if let href = tag["href"], href.lowercased().reversed().drop(while: \.isWhitespace).starts(with: "fdp.")
                {
                    anchored.append(href)
                }
            default:
                break
            }
        }
        var seen: Set<WebAddress> = []
        return (announced + linked + anchored)
            .compactMap { try? base.resolving($0) }
            .filter { seen.insert($0).inserted }
    }
}
