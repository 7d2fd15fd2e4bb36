package import HTTPTypes
import RawStructuredFieldValues

/// Groups of stored responses of one origin that become obsolete together (RFC 9875).
package enum CacheGroups {
    private static let membership = HTTPField.Name("Cache-Groups")
    private static let invalidation = HTTPField.Name("Cache-Group-Invalidation")

    /// Names that are read of a field; 32 would do (RFC 9875, section 2).
    package static let maximumCount = 128

    /// The groups that a response belongs to.
    package static func joined(by response: HTTPFields) -> Set<String> { names(membership, in: response) }

    /// The groups that a response makes obsolete: of interest only where the request's method was not safe (RFC 9875,
    /// section 3).
    package static func invalidated(by response: HTTPFields) -> Set<String> { names(invalidation, in: response) }

    /// The strings of a list; none where it is no list of strings. Their parameters say nothing.
    private static func names(_ field: HTTPField.Name?, in fields: HTTPFields) -> Set<String> {
        guard let field, fields.contains(field) else { return [] }
        var parser = StructuredFieldValueParser(Array(fields[values: field].joined(separator: ", ").utf8))
        guard let members = try? parser.parseListFieldValue() else { return [] }
        var names: Set<String> = []
        for member in members.prefix(maximumCount) {
            guard case .item(let item) = member, case .string(let name) = item.rfc9651BareItem else { return [] }
            names.insert(name)
        }
        return names
    }
}
