import RateLimiting

/// Host and port of a URL (RFC 3986, section 3.2), checked.
struct WebAuthority {
    /// As ``WebAddress/host``.
    let host: String
    let port: Int

    /// - Throws: ``FetchError/invalidURL(_:)`` with the reason.
    init(_ text: ArraySlice<UInt8>, defaultPort: Int) throws(FetchError) {
        // Whoever put a password there meant it to be sent, and nothing here sends it.
        guard !text.contains(UInt8(ascii: "@")) else {
            throw .invalidURL("has a user or password, which is not allowed")
        }
        let rest: ArraySlice<UInt8>
        if text.first == UInt8(ascii: "[") {
            let literal = text.dropFirst().prefix { $0 != UInt8(ascii: "]") }
            guard literal.endIndex < text.endIndex, let address = IPAddress(parsingIPv6: literal) else {
                throw .invalidURL("has no valid host")
            }
            host = "\(address)"
            rest = text[(literal.endIndex + 1)...]
        } else {
            let name = text.prefix { $0 != UInt8(ascii: ":") }
            guard let host = Self.host(name) else { throw .invalidURL("has no valid host") }
            self.host = host
            rest = text[name.endIndex...]
        }
        port = try Self.port(rest) ?? defaultPort
    }

    /// - Parameter text: with its colon; without any digits it is the default (RFC 3986, section 6.2.3).
    private static func port(_ text: ArraySlice<UInt8>) throws(FetchError) -> Int? {
        guard !text.isEmpty else { return nil }
        let digits = text.dropFirst()
        guard text.first == UInt8(ascii: ":"), digits.allSatisfy(\.isASCIIDigit) else {
            throw .invalidURL("has no valid host")
        }
        guard !digits.isEmpty else { return nil }
        guard let port = UInt16(String(decoding: digits, as: UTF8.self)), port > 0 else {
            throw .invalidURL("has a port outside 1 to 65535")
        }
        return Int(port)
    }

    /// The name as DNS knows it, or the IPv4 address that it spells; `nil` where it is neither.
    private static func host(_ text: ArraySlice<UInt8>) -> String? {
        guard let decoded = String(validating: text.percentDecoded, as: UTF8.self),
            let name = HostName.canonical(decoded), !name.contains(":"),
            name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy({ !$0.isEmpty })
        else { return nil }
        guard IPAddress.endsInNumber(name) else { return name }
        return IPAddress(parsingIPv4: name).map { "\($0)" }
    }
}
