extension WebAddress {
    /// A text that may be a URL, for people to read: without the user and password that a URL may begin with.
    package static func withoutUser(_ text: String) -> String {
        guard let slashes = text.firstRange(of: #/[/\\]{2}/#) else { return text }
        let authority = text[slashes.upperBound...].prefix { !"/\\?#".contains($0) }
        guard let at = authority.lastIndex(of: "@") else { return text }
        return String(text[..<slashes.upperBound] + text[authority.index(after: at)...])
    }
}
