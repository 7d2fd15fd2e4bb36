/// Whether and where a work's PDF is to be had: the truth a harvest is measured against.
struct PDFOffer: Sendable, Equatable {
    enum Way: String, Sendable {
        /// A location of the record names it.
        case location
        /// Only the landing page links it.
        case landing
    }

    let urls: [String]
    let via: Way?
}
