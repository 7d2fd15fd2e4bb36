package import HTTPTypes

/// A validator of a representation (RFC 9110, section 8.8.3).
package struct EntityTag: Hashable, Sendable {
    package let isWeak: Bool
    /// With its quotes.
    let opaque: String

    /// `nil` for text that is no entity tag.
    init?(parsing text: some StringProtocol) {
        isWeak = text.hasPrefix("W/")
        let opaque = String(isWeak ? Substring(text).dropFirst(2) : Substring(text))
        guard opaque.utf8.count >= 2, opaque.hasPrefix("\""), opaque.hasSuffix("\""),
            !opaque.dropFirst().dropLast().contains("\"")
        else { return nil }
        self.opaque = opaque
    }

    /// The `ETag` of a response.
    package init?(of fields: HTTPFields) {
        guard let text = fields[.eTag] else { return nil }
        self.init(parsing: text)
    }

    var text: String { (isWeak ? "W/" : "") + opaque }

    /// Weak comparison (RFC 9110, section 8.8.3.2): enough to say that nothing worth sending has changed.
    func matchesWeakly(_ other: EntityTag) -> Bool { opaque == other.opaque }

    /// Strong comparison: the same octets.
    package func matchesStrongly(_ other: EntityTag) -> Bool { !isWeak && !other.isWeak && opaque == other.opaque }

    /// Whether `If-None-Match` or `If-Match` names this tag, or anything by `*`.
    static func list(_ name: HTTPField.Name, in fields: HTTPFields, contains tag: EntityTag?) -> Bool {
        let members = FieldList.members(of: name, in: fields)
        if members == ["*"] { return true }
        guard let tag else { return false }
        return members.contains { EntityTag(parsing: $0)?.matchesWeakly(tag) == true }
    }
}
