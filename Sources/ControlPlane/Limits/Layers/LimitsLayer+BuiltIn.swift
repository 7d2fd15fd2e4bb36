package import RateLimiting

extension LimitsDocument {
    /// What is in force where nothing else is said.
    package static let builtIn = LimitsDocument(defaults: [
        "metadata": PolicyPatch(rates: rates("10/SECOND", "5000/HOUR"), maxDelayMilliseconds: 200),
        "landing": PolicyPatch(rates: rates("5/SECOND", "2000/HOUR"), maxDelayMilliseconds: 250),
        "artifact": PolicyPatch(
            rates: rates("2/SECOND", "500/HOUR"), maxDelayMilliseconds: 2000, maxConcurrent: 4),
    ])

    private static func rates(_ texts: String...) -> [Rate] {
        texts.compactMap { try? Rate(parsing: $0) }
    }
}

extension LimitsLayer {
    /// The lowest layer.
    static let builtIn = LimitsLayer(.builtIn, origin: .builtIn)

    /// Everything that a document says, from one origin.
    init(_ document: LimitsDocument, origin: Origin) {
        func say<Target>(_ target: Target, _ schema: [SchemaKey<Target>], at path: (String) -> LimitPath) {
            for key in schema {
                if let value = key.get(target) { values[path(key.name)] = Stated(value: value, origin: origin) }
            }
        }
        say(document, LimitsSchema.top) { .top($0) }
        say(document.aimd, LimitsSchema.aimd) { .aimd($0) }
        say(BackendSettings(), LimitsSchema.backend) { .backend($0) }
        for (role, policy) in document.defaults {
            say(policy, LimitsSchema.policy) { .defaults(role: role, $0) }
        }
        for (host, policies) in document.hosts {
            for (role, policy) in policies { say(policy, LimitsSchema.policy) { .host(host, role: role, $0) } }
        }
    }
}
