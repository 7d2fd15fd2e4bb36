import Foundation
import Testing

@testable import ControlPlane

@Suite("YAML that wants to be costly") struct CostlyYAMLTests {
    private static func filled(_ head: String, _ part: String) -> String {
        head + String(repeating: part, count: ((1 << 20) - head.utf8.count) / part.utf8.count)
    }

    @Test(
        "is refused, however deep or long it is",
        arguments: [
            filled("", "["), filled("", "{a: "), filled("", "- "), filled(String(repeating: "[", count: 900), "1,"),
            filled(String(repeating: "[", count: 40), "1,"), filled("", "? "), filled("{", "{"), filled("", "[a]: "),
            filled("a: &a [x]\nb: [", "*a, "), filled("? [a", ", b"), filled("{[a]: 1", ", b: 1"),
            filled("a: \"", "\\u0301\\u0323"), filled("a", "\u{301}\u{323}"), filled("a: [", "1,"),
            filled("\"", "x\n"),
        ])
    func refused(_ text: String) throws {
        let error = try #require(throws: DocumentProblems.self) { try DocumentNode(yaml: text, isTrusted: false) }
        #expect(error.description.utf8.count < 1000, "\(error.description.prefix(200))")
    }

    @Test(
        "is told from what people write",
        arguments: [
            "version: 1\n# what? [yes]\nhosts: { a.example: { metadata: { rates: [\"1/SECOND\"] } } }",
            "a: [x] # {b}\nc: 'it''s?'\nd: what?\n", "{\"a\": [1, {\"b\": [2]}]}",
        ])
    func accepted(_ text: String) throws {
        _ = try DocumentNode(yaml: text, isTrusted: false)
    }
}
