extension StringProtocol {
    /// The beginning of a text from outside, for a message: 80 Unicode scalars at most, since a single character may
    /// have any number of them.
    var excerpt: String {
        let scalars = unicodeScalars
        guard let end = scalars.index(scalars.startIndex, offsetBy: 80, limitedBy: scalars.endIndex),
            end < scalars.endIndex
        else { return String(self) }
        return "\(self[..<end])…"
    }
}
