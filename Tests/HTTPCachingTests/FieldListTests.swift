import HTTPCaching
import HTTPTypes
import Testing

@Suite("RFC 9110, 5.6.1: lists")
struct FieldListTests {
    @Test(
        "Commas separate members; white space around them and empty ones do not count",
        arguments: [
            (["a"], ["a"]), (["a,b"], ["a", "b"]), ([" a ,\tb "], ["a", "b"]), (["a", "b, c"], ["a", "b", "c"]),
            ([",,a,, ,b,"], ["a", "b"]), ([""], []), ([","], []), ([], []), (["a b"], ["a b"]),
            (["a=\"b,c\",d"], ["a=\"b,c\"", "d"]), (["a=\"b\\\",c\",d"], ["a=\"b\\\",c\"", "d"]),
            (["a=\"b\\\\\",c"], ["a=\"b\\\\\"", "c"]), (["a\\,b"], ["a\\", "b"]),
            // A quote that nothing closes is none.
            (["a=\"b,c"], ["a=\"b", "c"]), (["a", "\"", "b,c"], ["a", "\"", "b", "c"]),
            (["\"a\"b,\"c,d"], ["\"a\"b", "\"c", "d"]),
            // A comma stays one, whatever comes after it.
            (["a,\u{301}b"], ["a", "\u{301}b"]), (["\"\u{301}a\",b"], ["\"\u{301}a\"", "b"]),
        ] as [([String], [String])])
    func members(lines: [String], members: [String]) {
        let fields = Exchange.fields(lines.map { "Vary: \($0)" })
        #expect(FieldList.members(of: .vary, in: fields).map(String.init) == members)
    }
}
