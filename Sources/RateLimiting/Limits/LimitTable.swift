/// The immutable, versioned set of all policies; a change replaces it as a whole.
///
/// Every policy that any host can have is merged once, when the table is made: a host's policy depends only on its own
/// entry, or else on the longest wildcard that matches it.
package struct LimitTable: Sendable {
    package let version: Int
    package let document: LimitsDocument
    /// What whoever made the table keeps with it; it travels along and means nothing here.
    package let annotation: [UInt8]
    /// All policies; keys refer to theirs by its place here.
    let policies: [Policy]
    /// By host or wildcard, then by role.
    private let hosts: [String: [String: Int]]
    private let defaults: [String: Int]
    /// Every role that the document names.
    package let roles: [String]

    package init(version: Int, document: LimitsDocument, annotation: [UInt8] = []) {
        self.annotation = annotation
        self.version = version
        self.document = document
        var policies: [Policy] = []
        func places(_ layers: [[String: PolicyPatch]]) -> [String: Int] {
            let names = layers.reduce(into: Set<String>()) { $0.formUnion($1.keys) }
            var places: [String: Int] = [:]
            for role in names {
                let patch = layers.compactMap { $0[role] }.reduce(PolicyPatch()) { $0.falling(backTo: $1) }
                places[role] = policies.count
                policies.append(Policy(patch))
            }
            return places
        }
        var hosts: [String: [String: Int]] = [:]
        for host in document.hosts.keys {
            hosts[host] = places(
                document.patterns(matching: host).compactMap { document.hosts[$0] } + [document.defaults])
        }
        self.hosts = hosts
        defaults = places([document.defaults])
        self.policies = policies
        roles = document.roles.sorted()
    }

    /// The policy of a key, merged value by value: exact host, then the longest wildcard that names the role, then
    /// the shorter ones, then the role's default. `nil` when no part of the document knows the role.
    package func policy(for key: LimitKey) -> Policy? {
        place(of: key).map { policies[$0] }
    }

    /// Where the key's policy is in ``policies``.
    func place(of key: LimitKey) -> Int? {
        guard let pattern = document.patterns(matching: key.host).first else { return defaults[key.role] }
        return hosts[pattern]?[key.role]
    }
}
