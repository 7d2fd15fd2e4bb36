import HTTPTypes

/// What a stranger's response may say where it comes from an origin that is not the stranger's.
enum ForeignFields {
    /// For bytes that strangers made: no browser takes them for another type, runs them, or thinks them part of this origin.
    static let guarding: HTTPFields = [.xContentTypeOptions: "nosniff", .contentSecurityPolicy: "sandbox"]

    /// Fields that make a client keep or do something about the whole origin, or let others into it. `Link`, `Location` and
    /// `WWW-Authenticate` stay: programs need them, and they do nothing by themselves.
    private static let acting: Set<String> = [
        // State and credentials that the client keeps for the origin.
        "set-cookie", "set-cookie2", "clear-site-data", "set-login", "use-as-dictionary",
        // Where the client goes next, and how it reaches the origin from now on.
        "refresh", "strict-transport-security", "public-key-pins", "public-key-pins-report-only", "expect-ct",
        "alt-svc",
        "alternate-protocol", "accept-ch", "critical-ch",
        // Who is told about the origin's users.
        "nel", "report-to", "reporting-endpoints", "timing-allow-origin",
        // What scripts, workers and other sites may do with the origin.
        "service-worker-allowed", "origin-agent-cluster", "x-permitted-cross-domain-policies", "sourcemap",
        "x-sourcemap", "speculation-rules",
    ]
    private static let families = ["access-control-", "content-security-policy", "cross-origin-"]

    /// The fields without those that act on an origin, and with those that keep the content from acting.
    static func harmless(_ fields: HTTPFields) -> HTTPFields {
        var kept = HTTPFields(
            fields.filter { field in
                let name = field.name.canonicalName
                return !acting.contains(name) && !families.contains { name.hasPrefix($0) }
            })
        for field in guarding { kept[field.name] = field.value }
        return kept
    }
}
