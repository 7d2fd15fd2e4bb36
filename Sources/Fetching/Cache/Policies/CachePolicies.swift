import HTTPCaching
import RateLimiting

/// The rules of the cache for every host and role, merged once.
package struct CachePolicies: Sendable {
    /// By host or wildcard, then by role; `nil` is off.
    private let hosts: [String: [FetchRole: CacheRules?]]
    private let defaults: [FetchRole: CacheRules?]

    /// - Parameters:
    ///   - storesCookies: whether a shared cache stores `Set-Cookie` where the origin allows it.
    ///   - defaults: by role; a role that is not there goes by HTTP alone.
    ///   - hosts: by host name or wildcard (`*.wiley.com`), then by role.
    package init(
        isShared: Bool, storesCookies: Bool = true, defaults: [FetchRole: CachePolicy] = [:],
        hosts: [String: [FetchRole: CachePolicy]] = [:]
    ) {
        func rules(_ layers: [[FetchRole: CachePolicy]]) -> [FetchRole: CacheRules?] {
            Dictionary(
                uniqueKeysWithValues: FetchRole.allCases.map { role in
                    let policy = layers.compactMap { $0[role] }.reduce(CachePolicy()) { $0.falling(backTo: $1) }
                    return (role, CacheRules(policy, isShared: isShared, storesCookies: storesCookies))
                })
        }
        self.defaults = rules([defaults])
        self.hosts = Dictionary(
            uniqueKeysWithValues: hosts.keys.map { host in
                let layers = HostName.patterns(matching: host, in: hosts).compactMap { hosts[$0] }
                return (host, rules(layers + [defaults]))
            })
    }

    /// The rules for a request; `nil` where the cache has nothing to do with it.
    func rules(host: String, role: FetchRole) -> CacheRules? {
        guard let pattern = HostName.patterns(matching: host, in: hosts).first else { return defaults[role] ?? nil }
        return hosts[pattern]?[role] ?? nil
    }
}

extension CacheRules {
    /// `nil` where the policy turns the cache off.
    fileprivate init?(_ policy: CachePolicy, isShared: Bool, storesCookies: Bool) {
        guard policy.isEnabled ?? true else { return nil }
        self.init(
            isShared: isShared, minimumLifetime: policy.minimumLifetime ?? 0,
            staleWhileRevalidate: policy.staleWhileRevalidate ?? 0, staleIfError: policy.staleIfError ?? 0,
            storesCookies: storesCookies)
    }
}
