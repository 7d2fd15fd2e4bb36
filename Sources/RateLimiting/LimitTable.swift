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
