package import HTTPTypes

/// Which fields belong to one connection only (RFC 9110, section 7.6.1; RFC 9111, section 3.1).
package enum ConnectionFields {
    private static let names: Set<HTTPField.Name> = Set(
        [
            "Connection", "Keep-Alive", "Proxy-Connection", "TE", "Transfer-Encoding", "Upgrade", "Trailer",
            "Proxy-Authenticate", "Proxy-Authentication-Info", "Proxy-Authorization",
        ].compactMap { HTTPField.Name($0) })

    /// The fields without those, and without what `Connection` lists.
    package static func removed(from fields: HTTPFields) -> HTTPFields {
        let listed = FieldList.members(of: .connection, in: fields).compactMap { HTTPField.Name(String($0)) }
        let unwanted = listed.isEmpty ? names : names.union(listed)
        return HTTPFields(fields.filter { !unwanted.contains($0.name) })
    }
}

extension CacheControl {
    /// The fields of a response that may be kept: those of the connection and those that its directives name are not.
    func storable(_ fields: HTTPFields, _ rules: CacheRules) -> HTTPFields {
        var unwanted: Set<HTTPField.Name> = []
        // Kept fields that need validation before each use are as good as fields that are not kept.
        if case .fields(let names) = noCache { unwanted.formUnion(names) }
        if rules.isShared, case .fields(let names) = isPrivate { unwanted.formUnion(names) }
        let kept = ConnectionFields.removed(from: fields)
        return unwanted.isEmpty ? kept : HTTPFields(kept.filter { !unwanted.contains($0.name) })
    }
}
