import RateLimiting

/// One value that differs between two tables, as it governs a host.
struct LimitChange: Hashable, Sendable {
    /// A host or wildcard that either document names; `*` is every other host. `nil` outside policies.
    let host: String?
    let role: String?
    /// Such as `rates` or `aimd.enabled`.
    let key: String
    /// `nil` is nothing said.
    let before: LimitValue?
    let after: LimitValue?
}

/// A change as answers and the record have it: values in the form of the document.
struct WrittenChange: Codable, Sendable {
    let host: String?
    let role: String?
    let key: String
    let before: JSONValue?
    let after: JSONValue?

    init(_ change: LimitChange) {
        host = change.host
        role = change.role
        key = change.key
        before = change.before?.json
        after = change.after?.json
    }
}

extension EffectiveLimits {
    /// What is different in `other`, policy by policy: a changed default shows at every host that it governs.
    func changes(to other: EffectiveLimits) -> [LimitChange] {
        guard recorded != other.recorded else { return [] }
        let shared = Set(recorded.keys).union(other.recorded.keys).sorted().compactMap { path -> LimitChange? in
            switch path {
            case .defaults, .host: return nil
            case .top, .aimd, .backend:
                return change(nil, nil, path.description, values[path]?.value, other.values[path]?.value)
            }
        }
        let hosts = ["*"] + Set(document.hosts.keys).union(other.document.hosts.keys).sorted()
        let roles = Set(document.roles).union(other.document.roles).sorted()
        return shared
            + hosts.flatMap { host in
                let before = document.patterns(matching: host)
                let after = other.document.patterns(matching: host)
                return roles.flatMap { role in
                    LimitsSchema.policy.compactMap { key in
                        change(
                            host, role, key.name, statement(key.name, patterns: before, role: role)?.entry.value,
                            other.statement(key.name, patterns: after, role: role)?.entry.value)
                    }
                }
            }
    }

    private func change(
        _ host: String?, _ role: String?, _ key: String, _ before: LimitValue?, _ after: LimitValue?
    ) -> LimitChange? {
        before == after ? nil : LimitChange(host: host, role: role, key: key, before: before, after: after)
    }
}
