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

    /// The same of a response, but for what tells caches how they may use it.
    package static func removed(fromResponse fields: HTTPFields) -> HTTPFields {
        let unwanted = listed(in: fields).subtracting(StoredResponse.steering)
        return HTTPFields(fields.filter { !unwanted.contains($0.name) })
    }
}

extension CacheControl {
    /// Whether nothing may be kept of a response that says so (RFC 9111, sections 5.2.2.5 and 5.2.2.7).
    func forbidsStoring(_ rules: CacheRules) -> Bool {
        noStore && !mustUnderstand || rules.isShared && isPrivate == .response
    }
}

extension StoredResponse {
    /// What tells a cache how it may use a response. Without it more would seem to be allowed, so that neither a
    /// directive nor `Connection` (RFC 9110, section 7.6.1) takes it away.
    fileprivate static let steering: Set<HTTPField.Name> = Set(
        [.cacheControl, .vary, .age, .date, .expires] + (CacheControl.cdnCacheControl.map { [$0] } ?? []))

    /// The fields that may be kept: those of the connection and those that the directives name are not.
    func storableFields(_ rules: CacheRules) -> HTTPFields {
        var unwanted = ConnectionFields.listed(in: fields)
        let directives = directives(rules)
        // Kept fields that need validation before each use are as good as fields that are not kept.
        if case .fields(let names) = directives.noCache { unwanted.formUnion(names) }
        if rules.isShared, case .fields(let names) = directives.isPrivate { unwanted.formUnion(names) }
        unwanted.subtract(Self.steering)
        if withholdsCookies(rules) { unwanted.insert(.setCookie) }
        return HTTPFields(fields.filter { !unwanted.contains($0.name) })
    }

    /// Whether it has a cookie that is only for the user who got it. RFC 9111, section 7.3, leaves that to the origin: it
    /// shares a cookie by saying how long the response is fresh, or that it is public.
    func withholdsCookies(_ rules: CacheRules) -> Bool {
        guard rules.isShared, fields.contains(.setCookie) else { return false }
        let directives = directives(rules)
        let isFresh = directives.noCache != .response && (statedLifetime(rules) ?? 0) > 0
        let isShared = directives.isPublic || isFresh
        return !(rules.storesCookies && isShared)
    }

    /// Whether these rules forbid its use: other rules may have allowed its storing.
    func isForbidden(_ rules: CacheRules) -> Bool {
        directives(rules).forbidsStoring(rules) || withholdsCookies(rules)
    }
}
