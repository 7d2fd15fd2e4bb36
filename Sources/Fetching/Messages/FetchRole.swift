/// The kinds of request that Weir makes itself; each has its own limits.
package enum FetchRole: String, Sendable, CaseIterable {
    case metadata
    case landing
    case artifact

    /// The `Accept` field that says what we hope for.
    package var accept: String {
        switch self {
        case .metadata: "application/json"
        case .landing: "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
        case .artifact: "application/pdf, */*;q=0.1"
        }
    }

    /// How long a whole exchange may take; large files take their time.
    package var timeout: Duration { self == .artifact ? .seconds(900) : .seconds(120) }

    /// Bytes of body at most.
    package var maximumBodyBytes: Int { 1 << 30 }

    /// Whether such requests crawl, and so obey robots.txt; what an API is asked, it was made for.
    var isCrawling: Bool { self != .metadata }
}
