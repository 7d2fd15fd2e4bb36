/// What an operator writes: defaults by role, exceptions by host, and one ceiling for all.
package struct LimitsDocument: Hashable, Sendable {
    /// By role.
    package var defaults: [String: PolicyPatch]
    /// By host name or wildcard (`*.wiley.com`), then by role.
    package var hosts: [String: [String: PolicyPatch]]
    /// Requests in flight at most, over all hosts.
    package var globalMaxInflight: Int
    package var aimd: AIMDSettings

    /// The longest interval that any policy looks back, guard included, in microseconds.
    package var longestInterval: Int64 {
        let patches = defaults.values + hosts.values.flatMap(\.values)
        let widest = patches.compactMap(\.guardMilliseconds).max() ?? 0
        return (patches.compactMap(\.rates).joined().map(\.interval).max() ?? 0) + Int64(widest) * 1000
    }

    /// Every role that is named.
    package var roles: Set<String> {
        hosts.values.reduce(into: Set(defaults.keys)) { $0.formUnion($1.keys) }
    }

    /// The entries of ``hosts`` that a name, or a wildcard, falls under, the most specific first.
    package func patterns(matching name: String) -> [String] {
        HostName.patterns(matching: name, in: hosts)
    }

    package init(
        defaults: [String: PolicyPatch],
        hosts: [String: [String: PolicyPatch]] = [:],
        globalMaxInflight: Int = 500,
        aimd: AIMDSettings = AIMDSettings()
    ) {
        self.defaults = defaults
        self.hosts = hosts
        self.globalMaxInflight = globalMaxInflight
        self.aimd = aimd
    }
}
