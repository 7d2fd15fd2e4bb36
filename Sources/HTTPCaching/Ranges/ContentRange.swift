package import HTTPTypes

/// `Content-Range` of a single part (RFC 9110, section 14.4): `bytes 0-99/1234`.
package struct ContentRange: Hashable, Sendable {
    package let range: Range<Int64>
    /// Of the whole representation.
    package let length: Int64

    package init(_ range: Range<Int64>, of length: Int64) {
        self.range = range
        self.length = length
    }

    /// `nil` when it is missing, unreadable, or does not tell the whole length.
    package init?(of fields: HTTPFields) {
        guard let text = fields[.contentRange] else { return nil }
        let words = text.split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "bytes" else { return nil }
        let halves = words[1].split(separator: "/", omittingEmptySubsequences: false)
        let ends = halves[0].split(separator: "-", omittingEmptySubsequences: false)
        guard halves.count == 2, ends.count == 2,
            let first = ByteRange.position(ends[0]), let last = ByteRange.position(ends[1]),
            let length = ByteRange.position(halves[1]), first <= last, last < length, length < .max
        else { return nil }
        range = first..<last + 1
        self.length = length
    }

    package var text: String { "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(length)" }

    /// For a 416.
    package static func unsatisfied(length: Int64) -> String { "bytes */\(length)" }
}
