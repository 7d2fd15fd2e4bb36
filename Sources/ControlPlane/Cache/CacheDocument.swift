package import Fetching
import RateLimiting

/// What an operator writes about the cache: its size, defaults by role, exceptions by host. Schema version 1.
package struct CacheDocument: Sendable {
    /// Of all stored bodies together.
    package var maximumBytes: Int64 = 1 << 30
    /// What it says of roles.
    private(set) var defaults: [FetchRole: CachePolicy] = [:]
    private(set) var hosts: [String: [FetchRole: CachePolicy]] = [:]

    /// Of fetches that Weir makes for itself.
    private static let ownDefaults: [FetchRole: CachePolicy] = [
        // What services say about works changes slowly, and they rarely say for how long it holds.
        .metadata: CachePolicy(minimumLifetime: 86_400, staleIfError: 604_800),
        // Files are kept as artifacts already.
        .artifact: CachePolicy(isEnabled: false),
    ]

    /// What holds where there is no document.
    package init() {}

    /// For one user, as harvests are.
    package var policies: CachePolicies {
        let defaults = defaults.merging(Self.ownDefaults) { $0.falling(backTo: $1) }
        return CachePolicies(isShared: false, defaults: defaults, hosts: hosts)
    }

    /// For the clients of a gateway: what the document does not say, HTTP alone says.
    func policies(isShared: Bool, storesCookies: Bool) -> CachePolicies {
        CachePolicies(
            isShared: isShared, storesCookies: storesCookies, defaults: defaults, hosts: hosts)
    }

    /// Reads a file over the built-in defaults.
    ///
    /// - Throws: ``DocumentProblems`` with all that is wrong, and where.
    package init(file: String) throws(DocumentProblems) {
        do {
            try self.init(try DocumentNode(file: file))
        } catch {
            throw error.inFile(file)
        }
    }

    init(_ root: DocumentNode) throws(DocumentProblems) {
        var values = LimitValueReader()
        var hasVersion = false
        for (key, node) in values.mapping(root) {
            switch key {
            case "version":
                hasVersion = true
                guard case .int(1) = node.value else {
                    values.report(node, "only schema version 1 is known, not \(node.kind)")
                    continue
                }
            case "max_bytes":
                if case .int(let bytes) = values.value(node, .int(Self.sizes)) { maximumBytes = Int64(bytes) }
            case "defaults":
                defaults = Self.policies(node, &values)
            case "hosts":
                hosts = Self.hosts(node, &values)
            default:
                values.unknown(key, node, known: ["version", "max_bytes", "defaults", "hosts"])
            }
        }
        if !hasVersion { values.report(root, "version is missing; it must be 1") }
        guard values.problems.isEmpty else { throw DocumentProblems(values.problems) }
    }

    /// From a mebibyte to a pebibyte.
    private static let sizes = 1 << 20...1 << 50
    private static let seconds = 0...315_360_000

    private static func hosts(
        _ node: DocumentNode, _ values: inout LimitValueReader
    ) -> [String: [FetchRole: CachePolicy]] {
        var hosts: [String: [FetchRole: CachePolicy]] = [:]
        for (name, node) in values.mapping(node) {
            guard let host = HostName.canonicalPattern(name) else {
                values.report(
                    node, "'\(name.excerpt)' is no host name; it should look like api.example.org or *.example.org",
                    at: node.keyPlace)
                continue
            }
            guard hosts[host] == nil else {
                values.report(node, "the host \(host) is given more than once", at: node.keyPlace)
                continue
            }
            hosts[host] = policies(node, &values)
        }
        return hosts
    }

    private static func policies(
        _ node: DocumentNode, _ values: inout LimitValueReader
    ) -> [FetchRole: CachePolicy] {
        var policies: [FetchRole: CachePolicy] = [:]
        for (name, node) in values.mapping(node) {
            guard let role = FetchRole(rawValue: name) else {
                values.unknown(name, node, known: FetchRole.allCases.map(\.rawValue))
                continue
            }
            policies[role] = policy(node, &values)
        }
        return policies
    }

    private static func policy(_ node: DocumentNode, _ values: inout LimitValueReader) -> CachePolicy {
        var policy = CachePolicy()
        for (key, node) in values.mapping(node) {
            func seconds() -> Int64? {
                if case .int(let value) = values.value(node, .int(Self.seconds)) { Int64(value) } else { nil }
            }
            switch key {
            case "enabled": if case .bool(let value) = values.value(node, .bool) { policy.isEnabled = value }
            case "min_ttl_s": policy.minimumLifetime = seconds()
            case "stale_while_revalidate_s": policy.staleWhileRevalidate = seconds()
            case "stale_if_error_s": policy.staleIfError = seconds()
            default:
                values.unknown(
                    key, node, known: ["enabled", "min_ttl_s", "stale_while_revalidate_s", "stale_if_error_s"])
            }
        }
        return policy
    }
}
