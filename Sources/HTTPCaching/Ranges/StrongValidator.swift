import HTTPTypes

/// Tells whether two responses have the same bytes (RFC 9110, section 8.8.1), so that parts of them fit together.
package enum StrongValidator: Hashable, Sendable {
    case tag(EntityTag)
    /// `Last-Modified`.
    case date(String)

    /// For `If-Range`.
    package var text: String {
        switch self {
        case .tag(let tag): tag.text
        case .date(let text): text
        }
    }
}

extension StoredResponse {
    /// `nil` for a weak tag, and for a date that another change within the same second could have (RFC 9110, section
    /// 8.8.2.2).
    package var strongValidator: StrongValidator? {
        guard !fields.contains(.eTag) else {
            guard let tag = EntityTag(of: fields), !tag.isWeak else { return nil }
            return .tag(tag)
        }
        guard let text = fields[.lastModified], let lastModified, lastModified < date else { return nil }
        return .date(text)
    }
}
