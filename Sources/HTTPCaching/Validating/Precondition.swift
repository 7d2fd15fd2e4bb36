package import HTTPTypes

extension StoredResponse {
    /// Whether the client already has what is stored, by its own `If-None-Match` or `If-Modified-Since` (RFC 9111,
    /// section 4.3.2): then 304 is the answer. What is stored of an error or a redirect is not what they are about
    /// (RFC 9110, section 13.2.1).
    package func isKnown(toSenderOf request: HTTPFields) -> Bool {
        guard status.kind == .successful else { return false }
        if request.contains(.ifNoneMatch) {
            return EntityTag.ifNoneMatch(request, names: EntityTag(of: fields))
        }
        guard let text = request[.ifModifiedSince],
            let since = HTTPDate(parsing: text, now: responseTime)
        else { return false }
        return (lastModified ?? date) <= since
    }

    /// What a 304 leaves out: it describes bytes that it does not have (RFC 9110, section 15.4.5).
    private static let leftOut: Set<HTTPField.Name> = [
        .contentLength, .contentEncoding, .contentType, .contentRange, .contentLanguage,
    ]

    /// The fields of a 304 made from what is stored.
    package var fieldsWithoutContent: HTTPFields {
        HTTPFields(fields.filter { !Self.leftOut.contains($0.name) })
    }
}
