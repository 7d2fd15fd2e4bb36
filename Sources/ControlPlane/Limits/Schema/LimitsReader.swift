import RateLimiting

/// Reads a limits document, schema version 1, strictly: whatever is not understood is a problem with its place.
struct LimitsReader {
    /// What a document is read for.
    enum Purpose {
        /// A whole document; it names its version.
        case file
        /// What the API is to say from now on. `null` hides what the layers below say; `status`, which
        /// `GET /v1/limits` adds, is passed over.
        case overlay
        /// A change of that (RFC 7396). `null` takes back what the API said there.
        case patch
    }

    /// What a document comes to.
    struct Result {
        var layer = LimitsLayer()
        /// What a patch takes back: everything at and below these names.
        var removed: [[String]] = []
        /// Oddities that are accepted.
        var warnings: [DocumentProblem] = []
    }

    private let purpose: Purpose
    private let origin: (DocumentNode) -> Origin
    private var result = Result()
    private var values = LimitValueReader()

    /// - Parameter origin: where a value comes from.
    /// - Throws: ``DocumentProblems`` with all that is wrong.
    static func read(
        _ root: DocumentNode, for purpose: Purpose, origin: @escaping (DocumentNode) -> Origin
    ) throws(DocumentProblems) -> Result {
        var reader = LimitsReader(purpose: purpose, origin: origin)
        reader.document(root)
        return try reader.finish()
    }

    /// Reads one policy of one host, as a variable or a flag states it.
    static func read(
        policy: DocumentNode, host: String, role: String, origin: Origin
    ) throws(DocumentProblems) -> Result {
        var reader = LimitsReader(purpose: .file, origin: { _ in origin })
        reader.section(policy, LimitsSchema.policy, ["hosts", host, role]) { .host(host, role: role, $0) }
        return try reader.finish()
    }

    /// Reads one value, as a variable or a flag states it.
    static func read(_ value: DocumentNode, at path: LimitPath, origin: Origin) throws(DocumentProblems) -> Result {
        var reader = LimitsReader(purpose: .file, origin: { _ in origin })
        if let kind = LimitsSchema.kind(of: path) { reader.value(value, kind, at: path) }
        return try reader.finish()
    }

    private init(purpose: Purpose, origin: @escaping (DocumentNode) -> Origin) {
        self.purpose = purpose
        self.origin = origin
    }

    private consuming func finish() throws(DocumentProblems) -> Result {
        guard values.problems.isEmpty else { throw DocumentProblems(values.problems) }
        result.warnings = values.warnings
        return result
    }

    private mutating func document(_ root: DocumentNode) {
        var hasVersion = purpose == .patch
        for (key, node) in values.mapping(root) {
            switch key {
            case "version":
                hasVersion = true
                guard case .int(1) = node.value else {
                    values.report(node, "only schema version 1 is known, not \(node.kind)")
                    continue
                }
            case "status" where purpose != .file: break
            case "defaults": policies(node, ["defaults"]) { .defaults(role: $0, $1) }
            case "hosts": hosts(node)
            case "backend": if !isTakenBack(node, ["backend"]) { backend(node) }
            case "aimd": section(node, LimitsSchema.aimd, ["aimd"]) { .aimd($0) }
            default:
                guard let known = LimitsSchema.top.first(where: { $0.name == key }) else {
                    let names = ["version"] + LimitsSchema.sections + LimitsSchema.top.map(\.name)
                    values.unknown(key, node, known: names)
                    continue
                }
                if !isTakenBack(node, [key]) { value(node, known.kind, at: .top(key)) }
            }
        }
        if !hasVersion { values.report(root, "version is missing; it must be 1") }
    }

    private mutating func backend(_ node: DocumentNode) {
        guard node.isMapping else {
            // What stands here instead may be an address with a password in it.
            values.report(node, "must be a mapping with kind and dsn")
            return
        }
        section(node, LimitsSchema.backend, ["backend"]) { .backend($0) }
    }

    private mutating func hosts(_ node: DocumentNode) {
        guard !isTakenBack(node, ["hosts"]) else { return }
        var seen: Set<String> = []
        for (name, node) in values.mapping(node) {
            guard let host = HostName.canonicalPattern(name) else {
                values.report(
                    node, "'\(name.excerpt)' is no host name; it should look like api.example.org or *.example.org",
                    at: node.keyPlace)
                continue
            }
            guard seen.insert(host).inserted else {
                values.report(node, "the host \(host) is given more than once", at: node.keyPlace)
                continue
            }
            policies(node, ["hosts", host]) { .host(host, role: $0, $1) }
        }
    }

    private mutating func policies(
        _ node: DocumentNode, _ names: [String], at path: (_ role: String, _ key: String) -> LimitPath
    ) {
        guard !isTakenBack(node, names) else { return }
        let entries = values.mapping(node)
        warnIfEmpty(entries, node)
        for (role, node) in entries {
            guard LimitsSchema.isRole(role) else {
                values.report(
                    node, "'\(role.excerpt)' is no role; \(LimitsSchema.roleRequirement)", at: node.keyPlace)
                continue
            }
            section(node, LimitsSchema.policy, names + [role]) { path(role, $0) }
        }
    }

    private mutating func section<Target>(
        _ node: DocumentNode, _ schema: [SchemaKey<Target>], _ names: [String], at path: (String) -> LimitPath
    ) {
        guard !isTakenBack(node, names) else { return }
        let entries = values.mapping(node)
        warnIfEmpty(entries, node)
        for (key, node) in entries {
            guard let known = schema.first(where: { $0.name == key }) else {
                values.unknown(key, node, known: schema.lazy.map(\.name))
                continue
            }
            if !isTakenBack(node, names + [key]) { value(node, known.kind, at: path(key)) }
        }
    }

    private mutating func warnIfEmpty(_ entries: [(key: String, value: DocumentNode)], _ node: DocumentNode) {
        if entries.isEmpty, case .mapping = node.value { values.warn(node, "says nothing, and has no effect") }
    }

    /// Notes what a `null` in a patch takes back.
    private mutating func isTakenBack(_ node: DocumentNode, _ names: [String]) -> Bool {
        guard purpose == .patch, case .null = node.value else { return false }
        result.removed.append(names)
        return true
    }

    private mutating func value(_ node: DocumentNode, _ kind: LimitsSchema.Kind, at path: LimitPath) {
        // Where limits are kept cannot change while they are in use, so the API may only repeat it.
        if purpose != .file, case .backend = path {
            _ = values.value(node, kind)
            return
        }
        if purpose == .overlay, case .null = node.value {
            result.layer.values[path] = Stated(value: nil, origin: origin(node))
            return
        }
        guard let value = values.value(node, kind) else { return }
        result.layer.values[path] = Stated(value: value, origin: origin(node))
    }
}
