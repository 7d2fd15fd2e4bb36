package import HTTPTypes

/// Asking an origin whether what is stored still holds (RFC 9111, section 4.3).
package enum Validation {
    /// The request with the validators of `stored` in place of the client's own; `nil` when there are none to ask by.
    ///
    /// - Parameter others: stored responses for the same URL that other requests chose: the origin may pick one.
    package static func request(
        _ request: HTTPRequest, validating stored: StoredResponse, others: [StoredResponse] = []
    ) -> HTTPRequest? {
        let tags = ([stored] + others).compactMap { EntityTag(of: $0.fields)?.text }
        let lastModified = stored.fields[.lastModified]
        guard !tags.isEmpty || lastModified != nil else { return nil }
        var conditional = unconditional(request)
        if !tags.isEmpty {
            var seen: Set<String> = []
            conditional.headerFields[.ifNoneMatch] = tags.filter { seen.insert($0).inserted }.joined(separator: ", ")
        }
        if let lastModified, EntityTag(of: stored.fields) != nil || tags.isEmpty {
            conditional.headerFields[.ifModifiedSince] = lastModified
        }
        return conditional
    }

    /// The request without conditions and ranges, for a whole answer.
    package static func unconditional(_ request: HTTPRequest) -> HTTPRequest {
        var request = request
        for name in [HTTPField.Name.ifNoneMatch, .ifModifiedSince, .ifRange, .range] {
            request.headerFields[name] = nil
        }
        return request
    }

    /// Which of the stored responses a 304 is about (RFC 9111, section 4.3.4), by index; none when it names another.
    package static func confirmed(by fields: HTTPFields, among stored: [StoredResponse]) -> [Int] {
        let newest = stored.indices.max { stored[$0].date < stored[$1].date }
        if let tag = EntityTag(of: fields) {
            if !tag.isWeak {
                return stored.indices.filter { EntityTag(of: stored[$0].fields)?.matchesStrongly(tag) == true }
            }
            let matching = stored.indices.filter { EntityTag(of: stored[$0].fields)?.matchesWeakly(tag) == true }
            return matching.max { stored[$0].date < stored[$1].date }.map { [$0] } ?? []
        }
        if let lastModified = fields[.lastModified] {
            let matching = stored.indices.filter { stored[$0].fields[.lastModified] == lastModified }
            return matching.max { stored[$0].date < stored[$1].date }.map { [$0] } ?? []
        }
        // Many origins leave the validator out of a 304: it can only be about what was asked for.
        return newest.map { [$0] } ?? []
    }
}

extension StoredResponse {
    /// What a 304 or a HEAD may not change: what the stored bytes depend on (RFC 9111, section 3.2).
    private static let bound: Set<HTTPField.Name> = [
        .contentLength, .contentEncoding, .contentRange, .transferEncoding,
    ]

    /// With the fields of a newer response about the same bytes.
    package func freshened(
        by fields: HTTPFields, requestTime: HTTPDate, responseTime: HTTPDate, rules: CacheRules
    ) -> StoredResponse {
        let directives = CacheControl.ofResponse(fields, isShared: rules.isShared).directives
        let news = directives.storable(fields, rules)
        var merged = self.fields
        // The age is that of the newer response, which may have none.
        merged[.age] = nil
        for name in Set(news.map(\.name)) where !Self.bound.contains(name) {
            merged[values: name] = news[values: name]
        }
        var freshened = self
        freshened.fields = merged
        freshened.requestTime = requestTime
        freshened.responseTime = responseTime
        freshened.isInvalidated = false
        return freshened
    }

    /// What a 200 to HEAD means for the stored GET (RFC 9111, section 4.3.5): new fields where both describe the same
    /// bytes; else it counts as stale.
    package func updated(
        byHead fields: HTTPFields, requestTime: HTTPDate, responseTime: HTTPDate, rules: CacheRules
    ) -> StoredResponse {
        let describing: [HTTPField.Name] = [.eTag, .lastModified, .contentLength]
        let isSame = describing.allSatisfy { name in fields[name] == nil || fields[name] == self.fields[name] }
        guard isSame else {
            var stale = self
            stale.isInvalidated = true
            return stale
        }
        return freshened(by: fields, requestTime: requestTime, responseTime: responseTime, rules: rules)
    }
}
