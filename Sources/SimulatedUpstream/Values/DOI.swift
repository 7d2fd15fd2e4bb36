/// DOIs as they are compared: bare and lower-case.
enum DOI {
    static let hosts: Set<String> = ["doi.org", "dx.doi.org", "www.doi.org"]

    /// The DOI in `10.1/x`, `doi:10.1/x` or `https://doi.org/10.1/x`.
    static func bare(_ text: some StringProtocol) -> String? {
        var bare = text.lowercased()
        if let (authority, target) = URLKey.split(bare) {
            guard hosts.contains(URLKey.hostName(String(authority))) else { return nil }
            bare = PercentEncoding.decode(target.dropFirst())
        } else if bare.hasPrefix("doi:") {
            bare = String(bare.dropFirst(4))
        }
        return bare.hasPrefix("10.") && bare.contains("/") ? bare : nil
    }
}
