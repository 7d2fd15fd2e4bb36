import Fetching
import RateLimiting

extension HostName {
    /// What makes a text one, for messages.
    static let requirement = "must be 1 to 253 letters, digits, '.', '-', '_' or ':', such as api.example.org"

    /// A host name or a wildcard (`*.wiley.com`).
    static func canonicalPattern(_ text: String) -> String? {
        guard text.hasPrefix("*.") else { return canonical(text) }
        return canonical(String(text.dropFirst(2))).map { "*.\($0)" }
    }
}
