/// A scholarly work: its record as OpenAlex tells it, and what the rest of the web knows about it.
struct Work: Sendable {
    /// How a `pdf_url` disappoints, or takes a detour.
    enum Detour: Sendable, Equatable {
        case paywall
        case missing
        case moved(to: String)
    }

    /// `W…`.
    let id: String
    /// Bare and lower-case.
    let doi: String?
    let title: String?
    let authors: [String]
    let abstract: String?
    let year: Int?
    let date: String?
    let isOpenAccess: Bool
    let topics: [Topic]
    /// Best one first, each once.
    let locations: [WorkLocation]
    let accessURL: String?
    /// Every word a search can find it by.
    let searchText: String
    /// The record's root fields as JSON text, in alphabetical order.
    let fields: [(name: String, json: String)]
    /// The PDF its landing page links.
    let linkedPDF: String?
    /// Addresses in the record that do not simply answer with the file.
    let detours: [String: Detour]
    /// The PDF that neither its record nor its landing page names.
    let deposit: Deposit?

    /// The addresses found in its locations at which a PDF is got.
    var locationPDFs: [String] {
        locations.compactMap(\.pdfURL).filter { url in
            switch detours[url] {
            case .paywall, .missing: false
            case .moved, nil: true
            }
        }.uniqued()
    }

    var offer: PDFOffer {
        let direct = locationPDFs
        if !direct.isEmpty { return PDFOffer(urls: direct, via: .location) }
        if let linkedPDF { return PDFOffer(urls: [linkedPDF], via: .landing) }
        return deposit.map { PDFOffer(urls: [$0.url], via: .service($0.service)) } ?? PDFOffer(urls: [], via: nil)
    }
}

extension Sequence where Element: Hashable {
    /// The elements, each once, in their first order.
    func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
