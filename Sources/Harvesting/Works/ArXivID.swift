/// Names of preprints on arXiv, where other identifiers hold them.
enum ArXivID {
    /// Of a DOI that arXiv itself gave (`10.48550/arxiv.…`).
    static func inDOI(_ doi: String) -> String? {
        let prefix = "10.48550/arxiv."
        return doi.hasPrefix(prefix) ? String(doi.dropFirst(prefix.count)) : nil
    }

    /// Of the address of a preprint's page or file, without its version.
    static func inURL(_ url: String) -> String? {
        let match = url.lowercased().firstMatch(
            of: #/^https?://(?:www\.|export\.)?arxiv\.org/(?:abs|pdf)/((?:[a-z.-]+/)?[0-9]{4}\.?[0-9]{3,5})/#)
        return match.map { String($0.1) }
    }
}
