/// Where candidates come from.
package enum Resolver: String, Codable, Sendable {
    /// The job named the URL itself.
    case given
    /// The locations in the work's OpenAlex record.
    case openalex
    /// Links on the work's landing pages.
    case landingPage = "landing_page"

    /// Its place in the order of trying.
    package var order: Int {
        switch self {
        case .given: 0
        case .openalex: 1
        case .landingPage: 2
        }
    }
}
