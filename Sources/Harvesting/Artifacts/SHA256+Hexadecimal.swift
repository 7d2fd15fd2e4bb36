import Crypto

extension SHA256 {
    /// A digest as file names and answers spell it.
    static func hexadecimal(_ digest: Digest) -> String {
        digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
