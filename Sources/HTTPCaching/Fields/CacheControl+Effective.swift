import HTTPTypes
import RawStructuredFieldValues

extension CacheControl {
    private static let pragma = HTTPField.Name("Pragma")
    static let cdnCacheControl = HTTPField.Name("CDN-Cache-Control")

    /// The directives of a request; `Pragma: no-cache` stands in for those of old clients (RFC 9111, section 5.4).
    init(ofRequest fields: HTTPFields) {
        guard !fields.contains(.cacheControl) else {
            self.init(fields)
            return
        }
        self.init()
        if let pragma = Self.pragma, fields.contains(pragma),
            FieldList.members(of: pragma, in: fields).contains(where: { $0.lowercased() == "no-cache" })
        {
            apply("no-cache", nil)
        }
    }

    /// The directives of a response that a cache obeys: in a shared cache those of a valid `CDN-Cache-Control` stand in
    /// for `Cache-Control` and `Expires` (RFC 9213, section 2.2).
    static func ofResponse(_ fields: HTTPFields, isShared: Bool) -> (directives: CacheControl, isTargeted: Bool) {
        guard isShared, let name = cdnCacheControl, let targeted = CacheControl(structured: fields[values: name]) else {
            return (CacheControl(fields), false)
        }
        return (targeted, true)
    }

    /// `nil` for a field that is missing, empty or no dictionary (RFC 9213, section 2.1).
    private init?(structured lines: [String]) {
        var parser = StructuredFieldValueParser(Array(lines.joined(separator: ", ").utf8))
        guard !lines.isEmpty, let members = try? parser.parseDictionaryFieldValue(), !members.isEmpty else {
            return nil
        }
        self.init()
        for (name, member) in members {
            var value: RFC9651BareItem?
            if case .item(let item) = member { value = item.rfc9651BareItem }
            switch (name, value) {
            case (_, .bool(true)): apply(name, nil)
            case (_, .bool(false)): break
            // A value of the wrong type allows nothing.
            case ("public", _), ("immutable", _), ("must-understand", _): break
            case ("no-cache", .string(let names)), ("private", .string(let names)): apply(name, names)
            case ("no-cache", _), ("private", _): apply(name, nil)
            case (_, .integer(let number)): apply(name, String(number))
            default: apply(name, nil)
            }
        }
    }
}
