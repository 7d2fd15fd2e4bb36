/// A member of a `Cache-Status` field (RFC 9211): a cache, and what it did.
struct CacheStatusMember: Sendable {
    let cache: String
    let parameters: [String: String]

    var isHit: Bool { parameters["hit"] != nil }
    var isStored: Bool { parameters["stored"] != nil }
    var isCollapsed: Bool { parameters["collapsed"] != nil }
    /// Why the request was forwarded.
    var forward: String? { parameters["fwd"] }
    var forwardStatus: Int? { parameters["fwd-status"].flatMap { Int($0) } }
    var timeToLive: Int? { parameters["ttl"].flatMap { Int($0) } }

    /// The members in their order; `?0` takes a parameter away, as RFC 9651 says of booleans.
    static func all(in field: String) -> [Self] {
        split(field, at: ",").map { member in
            let parts = split(member, at: ";").map(trimmed)
            let parameters = parts.dropFirst().map { part in
                let sides = part.split(separator: "=", maxSplits: 1).map { trimmed($0) }
                return (sides.first ?? "", sides.count > 1 ? sides[1] : "?1")
            }
            return Self(
                cache: parts.first ?? "",
                parameters: Dictionary(parameters.filter { $0.1 != "?0" }, uniquingKeysWith: { _, last in last }))
        }
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let inner = text.drop { $0 == " " || $0 == "\"" }
        return String(inner.prefix((inner.lastIndex { $0 != " " && $0 != "\"" }.map { inner[...$0].count }) ?? 0))
    }

    /// Splits at separators outside quotes.
    private static func split(_ text: String, at separator: Character) -> [String] {
        var parts = [""]
        var isQuoted = false
        for character in text {
            if character == "\"" { isQuoted.toggle() }
            if character == separator, !isQuoted {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        return parts
    }
}
