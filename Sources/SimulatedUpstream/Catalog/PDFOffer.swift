/// Whether and where a work's PDF is to be had: the truth a harvest is measured against.
struct PDFOffer: Sendable, Equatable {
    enum Way: Sendable, Hashable {
        /// A location of the record names it.
        case location
        /// Only the landing page links it.
        case landing
        /// Only a service other than OpenAlex knows it.
        case service(ServiceName)

        var name: String {
            switch self {
            case .location: "location"
            case .landing: "landing"
            case .service(let name): name.rawValue
            }
        }
    }

    let urls: [String]
    let via: Way?
}
