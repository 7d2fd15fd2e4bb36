import Fetching

/// How a work, or one attempt at it, ended.
package struct WorkOutcome: Codable, Hashable, Sendable {
    package var classification: Classification
    /// Why, in the words that logs, metrics and manifest share; `nil` for a plain success.
    package var reason: String?
    package var reasonDetail: String?
    package var resolver: ResolverName?
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

extension WorkOutcome {
    /// The same, with another reason.
    func because(_ reason: String) -> WorkOutcome {
        var outcome = self
        outcome.reason = reason
        return outcome
    }

    /// The same, as what came of a step.
    func of(_ step: Step) -> WorkOutcome {
        var outcome = self
        outcome.resolver = step.resolver
        outcome.url = step.address.text
        outcome.canonicalURL = step.canonicalURL
        outcome.originalURL = step.originalURL
        return outcome
    }
}
