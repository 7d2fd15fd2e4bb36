import RateLimiting

/// All layers merged, key by key: what is in force, and where each value comes from.
struct EffectiveLimits: Sendable {
    struct Entry: Hashable, Sendable {
        let value: LimitValue
        let origin: Origin
    }

    let values: [LimitPath: Entry]
    let document: LimitsDocument
    let backend: BackendSettings
    /// What is odd, and accepted: rates that can never be reached, wildcards that do not reach a host that the built-in limits
    /// name, roles without any limit.
    let warnings: [DocumentProblem]

    static let maximumValues = 50_000
    static let maximumRoles = 256
    static let maximumPolicies = 100_000

    /// - Parameter layers: lowest first, above the built-in one.
    /// - Throws: ``DocumentProblems`` when what they say contradicts itself.
    init(_ layers: [LimitsLayer]) throws(DocumentProblems) {
        let values = Self.merged(layers)
        self.values = values
        (document, backend) = Self.assemble(values)
        try Self.checkSize(
            values: values.count, roles: document.roles.count, hosts: document.hosts.count)
        warnings =
            Self.unreachable(values) + Self.overruled(values, in: document) + Self.misspelt(document)
            + Self.unlimited(document)
        if document.aimd.minimumMultiplier > document.aimd.maximumMultiplier {
            func text(_ key: String) -> String {
                values[.aimd(key)].map { "\(key) \($0.value) (\($0.origin))" } ?? key
            }
            throw DocumentProblems([
                DocumentProblem(
                    path: "aimd",
                    message: "\(text("min_multiplier")) must not be above \(text("max_multiplier"))")
            ])
        }
    }

    /// The value of every path, from the highest layer that says it.
    static func merged(_ layers: [LimitsLayer]) -> [LimitPath: Entry] {
        let lowest = LimitsLayer.builtIn.values
        var values = lowest.compactMapValues(\.entry)
        for layer in layers {
            for (path, stated) in layer.values {
                // Hiding uncovers the built-in value, without which some of the document would mean nothing.
                values[path] = stated.entry ?? lowest[path]?.entry
            }
        }
        return values
    }

    private static func checkSize(values: Int, roles: Int, hosts: Int) throws(DocumentProblems) {
        let policies = (hosts + 1) * roles
        for (count, most, what) in [
            (values, maximumValues, "values"), (roles, maximumRoles, "roles"), (policies, maximumPolicies, "policies"),
        ]
        where count > most {
            throw DocumentProblems([
                DocumentProblem(path: "", message: "all layers together make \(count) \(what); \(most) are possible")
            ])
        }
    }

    private static func assemble(_ values: [LimitPath: Entry]) -> (LimitsDocument, BackendSettings) {
        var document = LimitsDocument(defaults: [:])
        var backend = BackendSettings()
        func set<Target>(_ target: inout Target, _ schema: [SchemaKey<Target>], _ name: String, _ value: LimitValue) {
            schema.first { $0.name == name }?.set(&target, value)
        }
        for (path, entry) in values {
            switch path {
            case .top(let key): set(&document, LimitsSchema.top, key, entry.value)
            case .aimd(let key): set(&document.aimd, LimitsSchema.aimd, key, entry.value)
            case .backend(let key): set(&backend, LimitsSchema.backend, key, entry.value)
            case .defaults(let role, let key):
                set(&document.defaults[role, default: PolicyPatch()], LimitsSchema.policy, key, entry.value)
            case .host(let host, let role, let key):
                set(
                    &document.hosts[host, default: [:]][role, default: PolicyPatch()], LimitsSchema.policy, key,
                    entry.value)
            }
        }
        return (document, backend)
    }

    /// What is put on record and compared: all but the backend's address, which may carry a password.
    var recorded: [LimitPath: LimitValue] {
        values.filter { $0.key != .backend("dsn") }.mapValues(\.value)
    }

    /// What may be shown: the backend's address may carry a password, so only that there is one.
    var shown: [LimitPath: LimitValue] {
        values.mapValues(\.value).merging([.backend("dsn"): .text(backend.dsn.isEmpty ? "" : "(set)")]) { $1 }
    }

    /// What governs all hosts together; where limits are kept is shown by its kind only.
    var shared: [(path: LimitPath, entry: Entry)] {
        values.filter { path, _ in
            switch path {
            case .top, .aimd, .backend("kind"): true
            case .backend, .defaults, .host: false
            }
        }.map { ($0.key, $0.value) }
    }

    /// What is said about a key of a policy: by the first of a host's patterns that says it, else by the defaults.
    ///
    /// - Parameter patterns: as `LimitsDocument.patterns(matching:)` gives them.
    func statement(_ key: String, patterns: [String], role: String) -> (path: LimitPath, entry: Entry)? {
        let paths = patterns.map { LimitPath.host($0, role: role, key) } + [.defaults(role: role, key)]
        return paths.lazy.compactMap { path in values[path].map { (path, $0) } }.first
    }
}

extension Stated {
    fileprivate var entry: EffectiveLimits.Entry? {
        value.map { EffectiveLimits.Entry(value: $0, origin: origin) }
    }
}
