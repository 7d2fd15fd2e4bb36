/// Everything that is decided by chance about one invented work.
struct WorkDraft {
    private static let firstID = 9_000_000_001

    let number: Int
    let kind: WorkKind
    let host: InventedHost
    let title: String?
    let authors: [String]
    let abstract: String?
    let year: Int
    let date: String
    private let ownDOI: String?
    let topics: [JSON]
    /// Where its file has moved, if its address redirects.
    let movedTo: String?

    init(number: Int, seed: UInt64) {
        // Each work has a generator of its own, so that it is the same however many there are.
        var generator = SplitMix64(seed: StableHash.mix(seed &* 0x9E37_79B9 &+ UInt64(number)))
        self.number = number
        kind = WorkKind.random(using: &generator)
        host = InventedHost.random(using: &generator)
        title = Int.random(in: 0..<100, using: &generator) < 3 ? nil : InventedText.title(using: &generator)
        authors = InventedText.authors(using: &generator)
        abstract = Int.random(in: 0..<10, using: &generator) < 2 ? nil : InventedText.abstract(using: &generator)
        year = Int.random(in: 1990...2025, using: &generator)
        let month = Int.random(in: 11...22, using: &generator) - 10
        let day = Int.random(in: 1...28, using: &generator)
        date = "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
        let hasDOI = Int.random(in: 0..<100, using: &generator) < 94
        ownDOI = hasDOI ? "10.5\(550 + host.number)/rivers.\(year).\(number + 1)" : nil
        topics = InventedTopics.random(using: &generator)
        let moves = Int.random(in: 0..<100, using: &generator) < 6
        movedTo = moves ? "http://storage.driftwood-cloud.example/objects/\(number + 1)/original.pdf" : nil
    }

    var id: String { "W\(Self.firstID + number)" }
    var doi: String? { depositedDOI ?? ownDOI }
    var landingURL: String { arXivPage ?? host.landingURL(number + 1) }
    var pdfURL: String { host.pdfURL(number + 1) }

    /// The `pdf_url` of its record.
    var recordedPDF: String? {
        switch kind {
        case .pdfInLocation, .paywall, .deadPDFAddress: pdfURL
        case .pdfOnLandingPage, .openWithoutPDF, .closed: nil
        }
    }
}
