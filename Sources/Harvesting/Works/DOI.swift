/// Digital Object Identifiers as they are compared: lower-case, without a resolver's address in front.
package enum DOI {
    /// In bytes; longer ones are none.
    static let maximumLength = 2048

    /// `10.1000/xyz` from any of its common spellings; `nil` when the text is none.
    package static func normalized(_ text: String) -> String? {
        var doi = text.lowercased().drop(while: \.isWhitespace)
        while doi.last?.isWhitespace == true { doi.removeLast() }
        for prefix in ["https://", "http://", "dx.doi.org/", "doi.org/", "doi:"] where doi.hasPrefix(prefix) {
            doi = doi.dropFirst(prefix.count)
        }
        let parts = doi.split(separator: "/", maxSplits: 1)
        guard parts.count == 2, parts[0].hasPrefix("10."), parts[0].count > 3, doi.utf8.count <= maximumLength,
            !doi.contains(where: \.isWhitespace)
        else { return nil }
        return String(doi)
    }
}
