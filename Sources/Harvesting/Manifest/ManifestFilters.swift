/// Which works of a job are wanted.
package struct WorkFilter: Sendable {
    let classification: Classification?
    let reason: String?
    let resolver: ResolverName?

    package init(classification: Classification? = nil, reason: String? = nil, resolver: ResolverName? = nil) {
        self.classification = classification
        self.reason = reason
        self.resolver = resolver
    }
}

/// Which attempts of a job are wanted.
package struct AttemptFilter: Sendable {
    let work: String?
    let host: String?
    let role: String?
    let status: Attempt.Status?
    let resolver: ResolverName?

    package init(
        work: String? = nil, host: String? = nil, role: String? = nil, status: Attempt.Status? = nil,
        resolver: ResolverName? = nil
    ) {
        self.work = work
        self.host = host
        self.role = role
        self.status = status
        self.resolver = resolver
    }
}
