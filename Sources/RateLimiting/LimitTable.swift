/// The immutable, versioned set of all policies; a change replaces it as a whole.
package struct LimitTable: Sendable {
    package let version: Int
    package let document: LimitsDocument
    /// Wildcard suffixes such as `.wiley.com`, longest first.
    private let suffixes: [(suffix: String, roles: [String: PolicyPatch])]

    package init(version: Int, document: LimitsDocument) {
        self.version = version
        self.document = document
        suffixes = document.hosts
            .filter { $0.key.hasPrefix("*.") }
            .map { (String($0.key.dropFirst()), $0.value) }
            .sorted { ($0.0.utf8.count, $0.0) > ($1.0.utf8.count, $1.0) }
    }

    /// The policy of a key, merged value by value: exact host, then the longest wildcard that names the role, then
    /// the shorter ones, then the role's default. `nil` when no part of the document knows the role.
    package func policy(for key: LimitKey) -> Policy? {
        var known = false
        var merged = PolicyPatch()
        func add(_ patch: PolicyPatch?) {
            guard let patch else { return }
            known = true
            merged = merged.falling(backTo: patch)
        }
        add(document.hosts[key.host]?[key.role])
        for (suffix, roles) in suffixes where key.host.hasSuffix(suffix) {
            add(roles[key.role])
        }
        add(document.defaults[key.role])
        return known ? Policy(merged) : nil
    }
}

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
