import Fetching
import RateLimiting

/// One request to make for a work.
struct Step: Codable, Hashable, Sendable {
    let address: WebAddress
    let role: FetchRole
    let resolver: ResolverName
    /// The candidate as it was offered, before redirects.
    let originalURL: String
    /// ``originalURL`` as it is compared between works.
    let canonicalURL: String
    /// The page that linked here.
    var referrer: String?
    /// What is asked, where a resolver's service is.
    var lookup: Lookup?
    var redirects = 0
    /// Requests made for this address that failed in a way that may pass.
    var failures = 0

    /// Which of the limits it comes under.
    var key: LimitKey { LimitKey(host: address.host, role: role.rawValue) }

    init(
        address: WebAddress, role: FetchRole, resolver: ResolverName, originalURL: String, canonicalURL: String,
        referrer: String? = nil, lookup: Lookup? = nil
    ) {
        self.address = address
        self.role = role
        self.resolver = resolver
        self.originalURL = originalURL
        self.canonicalURL = canonicalURL
        self.referrer = referrer
        self.lookup = lookup
    }

    /// The way to a candidate; trackers are no part of a page's address.
    init(_ candidate: Candidate) throws(FetchError) {
        let address = try WebAddress(parsing: candidate.url)
        let asked = candidate.role == .landing ? address.withoutTrackers : address
        self.init(
            address: asked, role: candidate.role, resolver: candidate.resolver,
            originalURL: candidate.url, canonicalURL: asked.text)
    }

    /// The same candidate, somewhere else or in another role.
    func onward(to address: WebAddress? = nil, as role: FetchRole? = nil) -> Step {
        var step = Step(
            address: address ?? self.address, role: role ?? self.role, resolver: resolver, originalURL: originalURL,
            canonicalURL: canonicalURL, referrer: referrer)
        step.redirects = redirects + (address == nil ? 0 : 1)
        return step
    }
}
