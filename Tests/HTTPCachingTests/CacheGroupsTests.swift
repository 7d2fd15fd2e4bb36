import HTTPCaching
import HTTPTypes
import Testing

@Suite("RFC 9875: cache groups")
struct CacheGroupsTests {
    @Test(
        "A list of strings names groups; anything else names none",
        arguments: [
            (["\"a\""], ["a"]), (["\"a\", \"B c\""], ["a", "B c"]), (["\"a\"", "\"b\""], ["a", "b"]),
            (["\"a\", \"a\""], ["a"]), (["\"a\";x=1;y, \"b\""], ["a", "b"]), (["\"a, b\""], ["a, b"]),
            ([#""a\"b""#], ["a\"b"]), (["\"\""], [""]), ([""], []), (["a"], []), (["\"a\", b"], []),
            (["\"a\", 1"], []), (["(\"a\")"], []), (["\"a"], []), (["\"a\" \"b\""], []), (["\"\u{E9}\""], []), ([], []),
        ] as [([String], Set<String>)])
    func names(values: [String], names: Set<String>) {
        #expect(CacheGroups.joined(by: Exchange.fields(values.map { "Cache-Groups: \($0)" })) == names)
        #expect(
            CacheGroups.invalidated(by: Exchange.fields(values.map { "Cache-Group-Invalidation: \($0)" })) == names)
    }

    @Test("Each of the fields says its own")
    func fields() {
        let fields = Exchange.fields(["Cache-Groups: \"a\"", "Cache-Group-Invalidation: \"b\""])
        #expect(CacheGroups.joined(by: fields) == ["a"])
        #expect(CacheGroups.invalidated(by: fields) == ["b"])
    }

    @Test("Names of 32 characters are read, and 32 of them; no response has groups without end")
    func bounds() {
        func names(_ count: Int) -> Set<String> {
            let all = (0..<count).map { String("\($0)".reversed().map { $0 } + Array(repeating: "x", count: 30)) }
            let list = all.map { "\"\($0)\"" }.joined(separator: ", ")
            return CacheGroups.joined(by: Exchange.fields(["Cache-Groups: \(list)"]))
        }
        #expect(names(32).count == 32)
        #expect(names(10_000).count == CacheGroups.maximumCount)
    }
}
