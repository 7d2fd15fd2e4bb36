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
        // Many origins leave the validator out of a 304: it says which one it is about only where there is one.
        return stored.count == 1 ? [0] : []
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
        let news = StoredResponse(status: status, fields: fields, requestTime: requestTime, responseTime: responseTime)
        var freshened = self
        // Nothing is kept of an answer that is for one client or one use: what is stored has to be confirmed again.
        guard !news.directives(rules).forbidsStoring(rules), !Vary.matchesNothing(fields) else {
            freshened.isInvalidated = true
            return freshened
        }
        // The age is that of the newer response, which may have none.
        freshened.fields[.age] = nil
        freshened.fields[.date] = responseTime.text
        freshened.merge(news.storableFields(rules))
        freshened.fields = freshened.storableFields(rules)
        freshened.requestTime = requestTime
        freshened.responseTime = responseTime
        freshened.isInvalidated = false
        return freshened
    }

    /// New fields in place of those of the same names (RFC 9111, section 3.2).
    mutating func merge(_ news: HTTPFields) {
        for name in Set(news.map(\.name)) where !Self.bound.contains(name) {
            fields[values: name] = news[values: name]
        }
    }

    /// What a 200 to HEAD means for the stored GET (RFC 9111, section 4.3.5): new fields where both describe the same
    /// bytes; else it counts as stale.
    package func updated(
        byHead fields: HTTPFields, requestTime: HTTPDate, responseTime: HTTPDate, rules: CacheRules
    ) -> StoredResponse {
        var described = self.fields
        if case .part(_, let length) = extent { described[.contentLength] = String(length) }
        let isSame = [.eTag, .lastModified, .contentLength].allSatisfy { (name: HTTPField.Name) in
            fields[name] == nil || fields[name] == described[name]
        }
        var updated = self
        if isSame, status == .ok || status == .partialContent {
            updated = freshened(by: fields, requestTime: requestTime, responseTime: responseTime, rules: rules)
        } else {
            updated.isInvalidated = true
        }
        // What a change has made obsolete is not confirmed by this.
        updated.isInvalidated = updated.isInvalidated || isInvalidated
        return updated
    }
}
