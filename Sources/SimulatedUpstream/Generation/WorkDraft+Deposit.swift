extension WorkDraft {
    /// The service that alone knows where the PDF is; each of them for as many works as any other.
    var depositary: ServiceName? {
        switch kind {
        case .openWithoutPDF:
            let services = ServiceName.allCases.filter { $0 != .wayback }
            let place = number % (services.count + 1)
            return place < services.count ? services[place] : nil
        case .deadPDFAddress: return number % 2 == 0 ? .wayback : nil
        case .pdfInLocation, .pdfOnLandingPage, .paywall, .closed: return nil
        }
    }

    var deposit: Deposit? {
        guard let depositary else { return nil }
        let place = number + 1
        let address = "http" + pdfURL.dropFirst("https".count)
        let (id, url) =
            switch depositary {
            case .unpaywall, .crossref, .doaj, .semanticScholar: ("\(place)", address)
            case .arxiv: (arXivID, "http://arxiv.org/pdf/\(arXivID)")
            case .europePMC: (pmcid, "http://europepmc.org/articles/\(pmcid)?pdf=render")
            case .core: ("\(place)", "http://core.ac.uk/download/\(place).pdf")
            case .zenodo: ("\(place)", "http://zenodo.org/api/records/\(place)/files/paper.pdf/content")
            case .osf: (osfID, "http://osf.io/download/\(osfID)/")
            case .openaire: ("od::\(place)", "http://copies.openaire.example/\(place).pdf")
            case .hal: ("hal-\(place)", "http://hal.science/hal-\(place)/document")
            case .figshare: ("\(place)", "http://ndownloader.figshare.com/files/\(place)")
            case .wayback: ("\(place)", WaybackAPI.snapshot(of: address))
            }
        return Deposit(service: depositary, url: url, id: id)
    }

    /// Works that a service knows have a DOI, in some services one of their own making.
    var depositedDOI: String? {
        switch depositary {
        case .arxiv: "10.48550/arxiv.\(arXivID)"
        case .zenodo: "10.5281/zenodo.\(number + 1)"
        case .osf: "10.31219/osf.io/\(osfID)"
        case .figshare: "10.6084/m9.figshare.\(number + 1)"
        case nil: nil
        default: "10.5\(550 + host.number)/rivers.\(year).\(number + 1)"
        }
    }

    var pmcid: String { "PMC\(7_000_001 + number)" }

    /// The page of a preprint on arXiv.
    var arXivPage: String? { depositary == .arxiv ? "https://arxiv.org/abs/\(arXivID)" : nil }

    private var arXivID: String { "2301.\(Self.padded(String(number + 1), 5))" }
    private var osfID: String { Self.padded(String(number + 1, radix: 36), 5) }

    private static func padded(_ text: String, _ length: Int) -> String {
        String(repeating: "0", count: max(0, length - text.count)) + text
    }
}
