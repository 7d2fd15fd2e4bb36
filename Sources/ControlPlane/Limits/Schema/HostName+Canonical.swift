import Foundation
import RateLimiting

extension HostName {
    /// What makes a text one, for messages.
    static let requirement = "must be 1 to 253 letters, digits, '.', '-', '_' or ':', such as api.example.org"

    /// As ``normalized(_:)``, and names in other scripts as DNS knows them (punycode, RFC 5891): `bücher.example` is
    /// `xn--bcher-kva.example`.
    static func canonical(_ text: String) -> String? {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return normalized(text) }
        guard text.utf8.count <= 1024, !text.utf8.contains(where: "/@:?#%[]".utf8.contains),
            let encoded = URLComponents(string: "http://\(text)/")?.encodedHost
        else { return nil }
        return normalized(encoded)
    }

    /// A host name or a wildcard (`*.wiley.com`).
    static func canonicalPattern(_ text: String) -> String? {
        guard text.hasPrefix("*.") else { return canonical(text) }
        return canonical(String(text.dropFirst(2))).map { "*.\($0)" }
    }
}
