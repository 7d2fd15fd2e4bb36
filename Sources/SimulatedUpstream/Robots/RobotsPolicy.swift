import HTTPTypes

/// What a host answers for `/robots.txt` (RFC 9309).
enum RobotsPolicy: Sendable, Equatable {
    case allow
    case disallow
    case unavailable
    case missing
    case delay(seconds: Double)

    private static let longestDelay = 86_400.0

    /// Reads `allow`, `disallow`, `unavailable`, `missing` or `delay:SECONDS`.
    init(parsing text: some StringProtocol) throws(ArgumentProblem) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        switch (parts.first, parts.dropFirst().first) {
        case ("allow", nil): self = .allow
        case ("disallow", nil): self = .disallow
        case ("unavailable", nil): self = .unavailable
        case ("missing", nil): self = .missing
        case ("delay", let number?):
            guard let seconds = Double(number), (0...Self.longestDelay).contains(seconds) else {
                throw ArgumentProblem("'\(number)' is not a number of seconds between 0 and 86400")
            }
            self = .delay(seconds: seconds)
        default:
            throw ArgumentProblem(
                "'\(text)' is not a robots rule; use allow, disallow, unavailable, missing or delay:SECONDS")
        }
    }

    var answer: Answer {
        switch self {
        case .allow: .plain(.ok, "User-agent: *\nDisallow:\n")
        case .disallow: .plain(.ok, "User-agent: *\nDisallow: /\n")
        case .unavailable: .plain(.serviceUnavailable, "Try later.\n")
        case .missing: .notFound
        case .delay(let seconds): .plain(.ok, "User-agent: *\nCrawl-delay: \(Self.decimal(seconds))\nDisallow:\n")
        }
    }

    /// Whole seconds without a point, as they are found in the wild.
    private static func decimal(_ seconds: Double) -> String {
        Int(exactly: seconds).map { String($0) } ?? String(seconds)
    }
}
