/// Which value of a limits document is meant.
enum LimitPath: Hashable, Sendable {
    /// `global_max_inflight`.
    case top(String)
    case backend(String)
    case aimd(String)
    case defaults(role: String, String)
    /// `host` may be a wildcard.
    case host(String, role: String, String)

    /// The names on the way to the value.
    var components: [String] {
        switch self {
        case .top(let key): [key]
        case .backend(let key): ["backend", key]
        case .aimd(let key): ["aimd", key]
        case .defaults(let role, let key): ["defaults", role, key]
        case .host(let host, let role, let key): ["hosts", host, role, key]
        }
    }

    /// Reads what ``description`` writes. The host may have dots of its own; roles and keys have none.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        switch (parts.first, parts.count) {
        case (_, 1): self = .top(text)
        case ("backend", 2): self = .backend(parts[1])
        case ("aimd", 2): self = .aimd(parts[1])
        case ("defaults", 3): self = .defaults(role: parts[1], parts[2])
        case ("hosts", 4...):
            self = .host(
                parts[1..<(parts.count - 2)].joined(separator: "."), role: parts[parts.count - 2],
                parts[parts.count - 1])
        default: return nil
        }
    }
}

extension LimitPath: CustomStringConvertible, Comparable {
    var description: String { components.joined(separator: ".") }

    static func < (first: LimitPath, second: LimitPath) -> Bool {
        first.components.lexicographicallyPrecedes(second.components)
    }
}
