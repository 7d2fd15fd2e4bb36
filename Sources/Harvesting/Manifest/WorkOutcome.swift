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

/// A file in the store.
package struct StoredArtifact: Hashable, Sendable {
    package let sha256: String
    /// Bytes.
    package let length: Int

    /// Relative to the artifact folder.
    package var path: String { ArtifactStore.path(of: sha256) }
}

/// One request made for a work.
package struct Attempt: Hashable, Sendable {
    package let resolver: Resolver
    package let originalURL: String
    package let url: String
    package let role: String
    package let host: String
    /// `ok`, `redirected` or `failed`.
    package let status: String
    package let httpStatus: Int?
    package let classification: Classification?
    package let reason: String?
    package let reasonDetail: String?
    package let contentType: String?
    package let contentLength: Int?
    package let elapsedMilliseconds: Int
    package let limiterWaitMilliseconds: Int
}
