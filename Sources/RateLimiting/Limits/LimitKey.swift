/// What a policy, a window log and a count of requests in flight belong to.
package struct LimitKey: Hashable, Sendable {
    /// The upstream's name, as ``HostName/normalized(_:)`` returns it.
    package let host: String
    /// The kind of request, such as `metadata`, `landing` or `artifact`.
    package let role: String

    package init(host: String, role: String) {
        self.host = host
        self.role = role
    }
}

/// Names of upstreams, and identifiers that remote callers invent.
package enum HostName {
    /// Lower-case, without a trailing dot; `nil` when the text cannot name a host.
    ///
    /// Letters, digits, `.`, `-`, `_` and `:` are accepted, at most 253 of them: what DNS allows, and what free
    /// identifiers such as `gpu-queue` need.
    package static func normalized(_ text: String) -> String? {
        var name = text.lowercased()
        if name.hasSuffix(".") { name.removeLast() }
        guard (1...253).contains(name.utf8.count) else { return nil }
        let valid = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"): true
            default: false
            }
        }
        return valid ? name : nil
    }

    /// The entries that a name, or a wildcard (`*.wiley.com`), falls under: its own, then the wildcards that match it,
    /// longest first.
    package static func patterns<Entry>(matching name: String, in entries: [String: Entry]) -> [String] {
        guard !entries.isEmpty else { return [] }
        var patterns = entries[name] == nil ? [] : [name]
        for dot in name.indices where name[dot] == "." && dot > name.startIndex {
            let wildcard = "*\(name[dot...])"
            if wildcard != name, entries[wildcard] != nil { patterns.append(wildcard) }
        }
        return patterns
    }
}
