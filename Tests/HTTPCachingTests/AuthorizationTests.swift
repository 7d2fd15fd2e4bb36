import HTTPCaching
import Testing

@Suite("RFC 9111, 3.5: storing responses to authenticated requests")
struct AuthorizationTests {
    @Test(
        "A shared cache stores them only where the response allows it",
        arguments: [
            ("max-age=60", false), ("max-age=60, immutable", false), ("max-age=60, proxy-revalidate", false),
            ("private=\"x\", max-age=60", false), ("max-age=60, public", true), ("max-age=60, must-revalidate", true),
            ("s-maxage=60", true), ("max-age=60, s-maxage=0", true),
        ] as [(String, Bool)])
    func shared(directives: String, isStored: Bool) {
        let lines = ["Cache-Control: \(directives)", "ETag: \"a\""]
        let asked = ["Authorization: Basic YTpi"]
        #expect((Exchange.refusal(lines, asked: asked) == nil) == isStored)
        #expect(isStored || Exchange.refusal(lines, asked: asked) == .authorization)
        #expect(Exchange.refusal(lines, asked: asked, rules: .single) == nil)
    }
}
