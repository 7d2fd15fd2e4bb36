/// Where to listen, such as `127.0.0.1:8090`; port 0 is any free one.
package struct ListenAddress: Hashable, Sendable {
    package let host: String
    package let port: Int

    /// `nil` for a text that is none.
    package init?(parsing text: String) {
        guard let colon = text.lastIndex(of: ":"), colon > text.startIndex,
            let port = UInt16(text[text.index(after: colon)...])
        else { return nil }
        host = String(text[..<colon])
        self.port = Int(port)
    }
}
