/// How a work, or one attempt at it, ended.
package struct WorkOutcome: Hashable, Sendable {
    package var classification: Classification
    /// Why, in the words that logs, metrics and manifest share; `nil` for a plain success.
    package var reason: String?
    package var reasonDetail: String?
    package var resolver: Resolver?
    /// The address that answered, after redirects.
    package var url: String?
    /// ``url`` as it is compared between works.
    package var canonicalURL: String?
    /// The candidate as its resolver offered it.
    package var originalURL: String?
    package var contentType: String?
    package var etag: String?
    package var lastModified: String?
    package var artifact: StoredArtifact?

    package init(_ classification: Classification, reason: String? = nil, detail: String? = nil) {
        self.classification = classification
        self.reason = reason
        reasonDetail = detail
    }
}
