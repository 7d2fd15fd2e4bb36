package import RateLimiting

extension LimitsDocument {
    /// What is in force where nothing else is said.
    package static let builtIn = LimitsDocument(defaults: [
        "metadata": PolicyPatch(rates: rates("10/SECOND", "5000/HOUR"), maxDelayMilliseconds: 200),
        "landing": PolicyPatch(rates: rates("5/SECOND", "2000/HOUR"), maxDelayMilliseconds: 250),
        "artifact": PolicyPatch(
            rates: rates("2/SECOND", "500/HOUR"), maxDelayMilliseconds: 2000, maxConcurrent: 4),
    ])

    private static func rates(_ texts: String...) -> [Rate] {
        texts.compactMap { try? Rate(parsing: $0) }
    }
}
