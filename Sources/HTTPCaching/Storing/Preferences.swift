import HTTPTypes

/// A field of weighted preferences (RFC 9110, section 12.5): in it, order and white space mean nothing, case hardly ever,
/// and a weight can be written in several ways.
struct Preferences {
    /// Whether the case of parameters may mean something, as in media types.
    private let hasParameters: Bool

    private static let tokens: Set<HTTPField.Name> = Set(
        [.acceptLanguage, .acceptEncoding] + (HTTPField.Name("Accept-Charset").map { [$0] } ?? []))

    /// `nil` for a field of another kind.
    init?(_ name: HTTPField.Name) {
        guard name == .accept || Self.tokens.contains(name) else { return nil }
        hasParameters = name == .accept
    }

    /// The members as text that is equal for fields that mean the same.
    func normalized(_ members: [Substring]) -> [Substring] {
        Set(members.map(normalized)).sorted().map { $0[...] }
    }

    private func normalized(_ member: Substring) -> String {
        let parts = FieldList.split(member, at: UInt8(ascii: ";"))
        guard let range = parts.first else { return String(member) }
        var text = lowercased(range)
        var weight = ""
        for part in parts.dropFirst() {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
                FieldList.trimmed)
            let name = lowercased(sides[0])
            guard sides.count == 2 else {
                text += ";\(name)"
                continue
            }
            if name == "q", let thousandths = Self.thousandths(sides[1]) {
                weight = thousandths == 1000 ? "" : ";q=\(thousandths)"
            } else {
                text += ";\(name)=\(hasParameters ? String(sides[1]) : lowercased(sides[1]))"
            }
        }
        return text + weight
    }

    /// A weight (RFC 9110, section 12.4.2); `nil` for text that is none.
    private static func thousandths(_ text: Substring) -> Int? {
        let digits = text.utf8.map { Int($0) - 0x30 }
        guard let first = digits.first, first == 0 || first == 1, digits.count <= 5 else { return nil }
        guard digits.count > 1 else { return first * 1000 }
        guard text.utf8.dropFirst().first == UInt8(ascii: ".") else { return nil }
        let decimals = digits.dropFirst(2)
        guard decimals.allSatisfy({ (0...9).contains($0) }) else { return nil }
        let fraction = (decimals + Array(repeating: 0, count: 3 - decimals.count)).reduce(0) { $0 * 10 + $1 }
        let weight = first * 1000 + fraction
        return weight <= 1000 ? weight : nil
    }

    /// In ASCII alone: each character is an octet of whatever it was.
    private func lowercased(_ text: Substring) -> String {
        var lower = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            lower.append(("A"..."Z").contains(scalar) ? Unicode.Scalar(UInt8(scalar.value) + 0x20) : scalar)
        }
        return String(lower)
    }
}
