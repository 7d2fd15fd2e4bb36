import HTTPTypes

extension HTTPField.Name {
    private static let impersonal: Set<HTTPField.Name> = [
        .accept, .acceptEncoding, .acceptLanguage, .cacheControl, .range, .userAgent,
    ]
    private static let conditions: Set<HTTPField.Name> = [
        .ifMatch, .ifModifiedSince, .ifNoneMatch, .ifRange, .ifUnmodifiedSince,
    ]

    /// Whether anybody may be told: it is no credential, and not meant for one origin alone. What is not known is.
    var isImpersonal: Bool { Self.impersonal.contains(self) }

    /// RFC 9110, section 13.1: about what the client has already.
    var isCondition: Bool { Self.conditions.contains(self) }
}
