package import HTTPTypes

/// Which fields belong to one connection only (RFC 9110, section 7.6.1; RFC 9111, section 3.1).
package enum ConnectionFields {
    private static let names: Set<HTTPField.Name> = Set(
        [
            "Connection", "Keep-Alive", "Proxy-Connection", "TE", "Transfer-Encoding", "Upgrade", "Trailer",
            "Proxy-Authenticate", "Proxy-Authentication-Info", "Proxy-Authorization",
        ].compactMap { HTTPField.Name($0) })

    /// Those, and what `Connection` lists.
    static func listed(in fields: HTTPFields) -> Set<HTTPField.Name> {
        names.union(FieldList.members(of: .connection, in: fields).compactMap { HTTPField.Name(String($0)) })
    }

    /// The fields without those, and without what `Connection` lists.
    package static func removed(from fields: HTTPFields) -> HTTPFields {
        let unwanted = listed(in: fields)
        return HTTPFields(fields.filter { !unwanted.contains($0.name) })
    }
}

extension CacheControl {
    /// What tells a cache how it may use a response. Without it more would seem to be allowed, so that neither a
    /// directive nor `Connection` (RFC 9110, section 7.6.1) takes it away.
    private static let steering: Set<HTTPField.Name> = Set(
        [.cacheControl, .vary, .age, .date, .expires] + (cdnCacheControl.map { [$0] } ?? []))

    /// The fields of a response that may be kept: those of the connection and those that its directives name are not.
    func storable(_ fields: HTTPFields, _ rules: CacheRules) -> HTTPFields {
        var unwanted = ConnectionFields.listed(in: fields)
        // Kept fields that need validation before each use are as good as fields that are not kept.
        if case .fields(let names) = noCache { unwanted.formUnion(names) }
        if rules.isShared, case .fields(let names) = isPrivate { unwanted.formUnion(names) }
        unwanted.subtract(Self.steering)
        if rules.isShared, !sharesCookies { unwanted.insert(.setCookie) }
        return HTTPFields(fields.filter { !unwanted.contains($0.name) })
    }

    /// Stricter than the RFC: a cookie is for the one who got it, unless the origin says that all may share it.
    var sharesCookies: Bool { isPublic || sharedMaxAge != nil }

    /// Whether nothing may be kept of a response that says so (RFC 9111, sections 5.2.2.5 and 5.2.2.7).
    func forbidsStoring(_ rules: CacheRules) -> Bool {
        noStore && !mustUnderstand || rules.isShared && isPrivate == .response
    }
}
