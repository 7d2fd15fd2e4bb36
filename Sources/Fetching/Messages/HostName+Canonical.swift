import Foundation
package import RateLimiting

extension HostName {
    /// As ``normalized(_:)``, and names in other scripts as DNS knows them (punycode, RFC 5891): `bücher.example` is
    /// `xn--bcher-kva.example`.
    package static func canonical(_ text: String) -> String? {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return normalized(text) }
        // Foundation has the tables (UTS 46), and opens them through its URLs only.
        guard text.utf8.count <= 1024, !text.utf8.contains(where: "/@:?#%[]\\".utf8.contains),
            let encoded = URLComponents(string: "http://\(text)/")?.encodedHost
        else { return nil }
        return normalized(encoded)
    }
}
