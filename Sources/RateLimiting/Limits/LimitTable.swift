/// The immutable, versioned set of all policies; a change replaces it as a whole.
///
/// Every policy that any host can have is merged once, when the table is made: a host's policy depends only on its own
/// entry, or else on the longest wildcard that matches it.
package struct LimitTable: Sendable {
    package let version: Int
    package let document: LimitsDocument
    /// All policies; keys refer to theirs by its place here.
    let policies: [Policy]
    private let exact: [String: [String: Int]]
    /// Wildcard suffixes such as `.wiley.com`, longest first.
    private let suffixes: [(suffix: String, roles: [String: Int])]
    private let defaults: [String: Int]
    /// Every role that the document names.
    package let roles: [String]

    package init(version: Int, document: LimitsDocument) {
        self.version = version
        self.document = document
        var policies: [Policy] = []
        func merged(_ layers: [[String: PolicyPatch]]) -> [String: Int] {
            let names = layers.reduce(into: Set<String>()) { $0.formUnion($1.keys) }
            var places: [String: Int] = [:]
            for role in names {
                let patch = layers.compactMap { $0[role] }.reduce(PolicyPatch()) { $0.falling(backTo: $1) }
                places[role] = policies.count
                policies.append(Policy(patch))
            }
            return places
        }
        let wildcards = document.hosts
            .filter { $0.key.hasPrefix("*.") }
            .map { (suffix: String($0.key.dropFirst()), roles: $0.value) }
            .sorted { ($0.suffix.utf8.count, $0.suffix) > ($1.suffix.utf8.count, $1.suffix) }
        func matching(_ name: String) -> [[String: PolicyPatch]] {
            wildcards.filter { name.hasSuffix($0.suffix) }.map(\.roles)
        }
        var exact: [String: [String: Int]] = [:]
        for (host, roles) in document.hosts where !host.hasPrefix("*.") {
            exact[host] = merged([roles] + matching(host) + [document.defaults])
        }
        self.exact = exact
        suffixes = wildcards.map { ($0.suffix, merged(matching($0.suffix) + [document.defaults])) }
        defaults = merged([document.defaults])
        self.policies = policies
        roles = document.hosts.values.reduce(into: Set(document.defaults.keys)) { $0.formUnion($1.keys) }.sorted()
    }

    /// The policy of a key, merged value by value: exact host, then the longest wildcard that names the role, then
    /// the shorter ones, then the role's default. `nil` when no part of the document knows the role.
    package func policy(for key: LimitKey) -> Policy? {
        place(of: key).map { policies[$0] }
    }

    /// Where the key's policy is in ``policies``.
    func place(of key: LimitKey) -> Int? {
        if let roles = exact[key.host] { return roles[key.role] }
        return (suffixes.first { key.host.hasSuffix($0.suffix) }?.roles ?? defaults)[key.role]
    }
}
