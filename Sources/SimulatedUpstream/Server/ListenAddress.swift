/// Where connections are taken.
package struct ListenAddress: Sendable, Equatable {
    package let host: String
    package let port: Int

    /// Reads `HOST:PORT`; port 0 is any free one.
    package init(parsing text: String) throws {
        guard let colon = text.lastIndex(of: ":"), colon > text.startIndex,
            let port = UInt16(text[text.index(after: colon)...])
        else {
            throw ArgumentProblem("'\(text)' is not HOST:PORT, such as 127.0.0.1:8899")
        }
        host = String(text[..<colon])
        self.port = Int(port)
    }
}
