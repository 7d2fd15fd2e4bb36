/// Where to listen, such as `127.0.0.1:8090` or `[::1]:8090`; port 0 is any free one.
package struct ListenAddress: Hashable, Sendable {
    package let host: String
    package let port: Int

    /// `nil` for a text that is none.
    package init?(parsing text: String) {
        guard let colon = text.lastIndex(of: ":"), colon > text.startIndex,
            let port = UInt16(text[text.index(after: colon)...])
        else { return nil }
        let name = text[..<colon]
        let isBracketed = name.hasPrefix("[") && name.hasSuffix("]")
        host = String(isBracketed ? name.dropFirst().dropLast() : name)
        self.port = Int(port)
    }

    /// Where a server is that listens there.
    static func url(_ host: String, _ port: Int) -> String {
        host.contains(":") ? "http://[\(host)]:\(port)" : "http://\(host):\(port)"
    }
}
