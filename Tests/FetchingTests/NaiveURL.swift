import Foundation
import TestSupport

/// A random URL, and what it means by the plainest reading of RFC 3986: texts that are split, replaced and joined.
struct NaiveURL {
    let text: String
    /// As ``WebAddress/text`` should have it.
    let meaning: String

    private static let segments = [
        "", ".", "..", "%2e", "%2E%2e", ".%2E", "...", "a", "B", "b%20c", "%2f", "%zz", "%", "é", "漢", "a b", "x|y",
        "[1]",
        "a;b=c", "~", "@:", "\"<>", "^`{}", "𝄞", "%e9",
    ]
    private static let values = [
        "", "a=b", "a=%20", "x|y", "?", "/../", "é", "%", "%4", "[]", "\\", "a=b&c", "'", "\"",
    ]

    init(using random: inout SeededGenerator) {
        let scheme = ["http", "https", "HTTP", "hTtPs"].randomElement(using: &random) ?? "http"
        let host =
            ["a.example", "B.Example", "x_y.z", "127.1", "[::1]", "bücher.example"].randomElement(using: &random) ?? "a"
        let port = ["", ":", ":80", ":443", ":8080", ":0081"].randomElement(using: &random) ?? ""
        let path = (0..<random.number(0...6)).map { _ in Self.segments.randomElement(using: &random) ?? "" }
        let query = random.chance(50) ? Self.values.randomElement(using: &random) : nil
        let fragment = random.chance(20) ? "#f?/" : ""
        text = scheme + "://" + host + port + path.map { "/" + $0 }.joined() + (query.map { "?" + $0 } ?? "") + fragment

        let names = ["127.1": "127.0.0.1", "bücher.example": "xn--bcher-kva.example"]
        let isOwn = ["", ":", scheme.count == 4 ? ":80" : ":443"].contains(port)
        meaning =
            scheme.lowercased() + "://" + (names[host] ?? host.lowercased())
            + (isOwn ? "" : port.replacing("00", with: "")) + Self.path(path)
            + (query.map { "?" + Self.encoded($0, keeping: "/?") } ?? "")
    }

    /// RFC 3986, section 5.2.4, over whole segments.
    private static func path(_ segments: [String]) -> String {
        var kept: [String] = []
        for (index, segment) in (segments.isEmpty ? [""] : segments).enumerated() {
            let isLast = index >= segments.count - 1
            switch segment.lowercased().replacing("%2e", with: ".") {
            case ".": if isLast { kept.append("") }
            case "..":
                _ = kept.popLast()
                if isLast { kept.append("") }
            default: kept.append(encoded(segment))
            }
        }
        return kept.map { "/" + $0 }.joined()
    }

    private static func encoded(_ text: String, keeping others: String = "") -> String {
        let plain = CharacterSet(charactersIn: "-._~!$&'()*+,;=:@%" + others).union(.alphanumerics.intersection(.ascii))
        return text.replacing(#/%(?![0-9A-Fa-f]{2})/#, with: "%25").addingPercentEncoding(withAllowedCharacters: plain)
            ?? ""
    }
}

extension CharacterSet {
    fileprivate static let ascii = CharacterSet(charactersIn: "\u{0}"..."\u{7F}")
}
