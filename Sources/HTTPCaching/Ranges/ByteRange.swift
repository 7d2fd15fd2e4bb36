package import HTTPTypes

/// A single range of bytes that a client asks for (RFC 9110, section 14.1.2).
package enum ByteRange: Hashable, Sendable {
    case from(Int64, through: Int64?)
    case last(Int64)

    /// `nil` when there is none, or several, or another unit: then the whole is the answer (RFC 9110, section 14.2).
    package init?(of fields: HTTPFields) {
        guard let text = fields[.range], text.lowercased().hasPrefix("bytes=") else { return nil }
        let ranges = FieldList.split(text.dropFirst(6))
        guard ranges.count == 1 else { return nil }
        let ends = ranges[0].split(separator: "-", omittingEmptySubsequences: false).map(FieldList.trimmed)
        guard ends.count == 2 else { return nil }
        let first = Self.position(ends[0])
        let last = Self.position(ends[1])
        switch (first, last) {
        case (nil, let count?) where ends[0].isEmpty: self = .last(count)
        case (let first?, nil) where ends[1].isEmpty: self = .from(first, through: nil)
        case (let first?, let last?) where first <= last: self = .from(first, through: last)
        default: return nil
        }
    }

    /// Numbers too large to count with are behind the end of everything.
    static func position(_ text: Substring) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(text) ?? .max
    }

    /// The bytes of a representation of `length` that it means; `nil` when it has none of them (416).
    package func resolved(length: Int64) -> Range<Int64>? {
        switch self {
        case .from(let first, let last):
            guard first < length else { return nil }
            return first..<min(last.map { min($0, Int64.max - 1) + 1 } ?? length, length)
        case .last(let count):
            guard count > 0, length > 0 else { return nil }
            return max(0, length - count)..<length
        }
    }
}
