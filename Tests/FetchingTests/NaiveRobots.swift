import TestSupport

/// Random rules, and what a recursive reading of RFC 9309, sections 2.2.2 and 2.2.3, says about random paths.
///
/// Some letters are percent-encoded in the file and in the paths, which must make no difference.
struct NaiveRobots {
    private struct Rule {
        let isAllowing: Bool
        let pattern: String
    }

    private var random: SeededGenerator
    /// A path's beginning that is sometimes longer than a machine word has bits.
    private let start: String
    private var rules: [Rule] = []
    private(set) var file = "user-agent: harvester\n"

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        start = "/" + String(repeating: "x", count: random.chance(70) ? 0 : random.number(1...130))
        for _ in 0..<random.number(1...4) {
            let body = (random.chance(40) ? "/*" : start) + text(of: ["/", "a", "b", "a", "*"])
            let rule = Rule(isAllowing: random.chance(50), pattern: random.chance(30) ? body + "$" : body)
            rules.append(rule)
            file += "\(rule.isAllowing ? "allow" : "disallow"): \(spelling(of: rule.pattern))\n"
        }
    }

    /// A path, and whether it may be fetched.
    mutating func nextPath() -> (path: String, isAllowed: Bool) {
        let path = start + text(of: ["/", "a", "b", "a", "?"])
        let matching = rules.filter { Self.matches(Array($0.pattern.utf8)[...], Array(path.utf8)[...]) }
        let longest = matching.map(\.pattern.utf8.count).max()
        let deciding = matching.filter { $0.pattern.utf8.count == longest }
        return (spelling(of: path), deciding.isEmpty || deciding.contains(where: \.isAllowing))
    }

    private mutating func text(of characters: [Character]) -> String {
        String((0..<random.number(0...6)).compactMap { _ in characters.randomElement(using: &random) })
    }

    private mutating func spelling(of text: String) -> String {
        var result = ""
        for character in text {
            let isEncoded = (character == "a" || character == "b") && random.chance(10)
            result += isEncoded ? (character == "a" ? "%61" : "%62") : String(character)
        }
        return result
    }

    private static func matches(_ pattern: ArraySlice<UInt8>, _ path: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return true }
        let rest = pattern.dropFirst()
        if first == UInt8(ascii: "$"), rest.isEmpty { return path.isEmpty }
        if first == UInt8(ascii: "*") {
            // Several stars in a row mean what one does, but would keep this matcher busy for ages.
            if rest.first == first { return matches(rest, path) }
            return matches(rest, path) || !path.isEmpty && matches(pattern, path.dropFirst())
        }
        return path.first == first && matches(rest, path.dropFirst())
    }
}
