package import HTTPTypes

/// A validator of a representation (RFC 9110, section 8.8.3).
package struct EntityTag: Hashable, Sendable {
    package let isWeak: Bool
    /// With its quotes; octets, for text can be equal where they differ.
    private let opaque: [UInt8]

    /// `nil` for text that is no entity tag, and for octets that were no text: those that differ read the same.
    init?(parsing text: some StringProtocol) {
        let quote = UInt8(ascii: "\"")
        isWeak = text.utf8.starts(with: "W/".utf8)
        opaque = Array(text.utf8.dropFirst(isWeak ? 2 : 0))
        guard opaque.count >= 2, opaque.first == quote, opaque.last == quote,
            !opaque.dropFirst().dropLast().contains(quote), !text.unicodeScalars.contains("\u{FFFD}")
        else { return nil }
    }

    /// The `ETag` of a response.
    package init?(of fields: HTTPFields) {
        guard let text = fields[.eTag] else { return nil }
        self.init(parsing: text)
    }

    var text: String { (isWeak ? "W/" : "") + String(decoding: opaque, as: UTF8.self) }

    /// Weak comparison (RFC 9110, section 8.8.3.2): enough to say that nothing worth sending has changed.
    func matchesWeakly(_ other: EntityTag) -> Bool { opaque == other.opaque }

    /// Strong comparison: the same octets.
    package func matchesStrongly(_ other: EntityTag) -> Bool { !isWeak && !other.isWeak && opaque == other.opaque }

    /// Whether `If-None-Match` names this tag, or anything by `*` (RFC 9110, section 13.1.2).
    static func ifNoneMatch(_ fields: HTTPFields, names tag: EntityTag?) -> Bool {
        let members = fields[values: .ifNoneMatch].flatMap { FieldList.split($0[...], hasEscapes: false) }
        if members == ["*"] { return true }
        guard let tag else { return false }
        return members.contains { EntityTag(parsing: $0)?.matchesWeakly(tag) == true }
    }
}
