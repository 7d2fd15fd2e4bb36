/// One place where a work is said to be.
struct WorkLocation: Sendable, Equatable {
    let landingURL: String?
    let pdfURL: String?

    init?(_ json: JSON?) {
        guard let json, case .object = json else { return nil }
        landingURL = json["landing_page_url"]?.string
        pdfURL = json["pdf_url"]?.string
    }
}
