import HTTPCaching
import HTTPTypes
import Testing

@Suite("RFC 9111, 3: storing responses")
struct StoringTests {
    @Test(
        "What is stored without a word about its freshness depends on the status (RFC 9110, 15.1)",
        arguments: [
            (200, true), (201, false), (202, false), (203, true), (204, true), (206, false), (299, false), (300, true),
            (301, true), (302, false), (303, false), (307, false), (308, true), (400, false), (403, false), (404, true),
            (405, true), (410, true), (414, true), (429, false), (500, false), (501, true), (503, false), (599, false),
        ] as [(Int, Bool)])
    func heuristicallyCacheable(status: Int, isStored: Bool) {
        // A 206 would need a Content-Range too.
        let refusal = Exchange.refusal(["Last-Modified: \(at(-1000))"], status: status)
        #expect((refusal == nil) == isStored)
    }

    @Test(
        "Any final status is stored where the response says how long it is fresh",
        arguments: [200, 203, 204, 299, 301, 302, 303, 307, 308, 400, 404, 410, 499, 500, 502, 503, 504, 599],
        ["Cache-Control: max-age=60", "Cache-Control: s-maxage=60", "Cache-Control: public, max-age=60"])
    func explicit(status: Int, line: String) {
        #expect(Exchange.refusal([line], status: status) == nil)
    }

    @Test("Expires and Cache-Control: public allow storing any status", arguments: [201, 302, 403, 503, 599])
    func otherPermissions(status: Int) {
        #expect(Exchange.refusal(["Expires: \(at(60))"], status: status) == nil)
        #expect(Exchange.refusal(["Cache-Control: public", "ETag: \"a\""], status: status) == nil)
        #expect(Exchange.refusal(["ETag: \"a\""], status: status) == .status)
    }

    @Test("Interim responses, 304 and 416 are never stored", arguments: [100, 103, 304, 416])
    func neverStored(status: Int) {
        #expect(Exchange.refusal(["Cache-Control: public, max-age=60"], status: status) == .status)
    }

    @Test(
        "Answers to other methods are not stored", arguments: [HTTPRequest.Method.head, .post, .put, .delete, .options])
    func methods(method: HTTPRequest.Method) {
        #expect(Exchange.refusal(["Cache-Control: public, max-age=60"], method: method) == .method)
    }

    @Test(
        "no-store wins over all that allows storing",
        arguments: [
            ["Cache-Control: no-store"], ["Cache-Control: No-StOrE, max-age=60"],
            ["Cache-Control: public, max-age=60", "Cache-Control: no-store", "Expires: \(at(60))"],
            ["Cache-Control: no-store=\"x\""], ["Cache-Control: x=\"a, no-store"],
        ] as [[String]])
    func noStore(lines: [String]) {
        #expect(Exchange.refusal(lines) == .noStore)
        #expect(Exchange.refusal(lines, rules: .single) == .noStore)
    }

    @Test("The request can forbid it too")
    func requestNoStore() {
        #expect(Exchange.refusal(["Cache-Control: max-age=60"], asked: ["Cache-Control: no-store"]) == .noStore)
    }

    @Test("A private response is stored by its user's cache alone")
    func privateResponse() {
        let lines = ["Cache-Control: private, max-age=60"]
        #expect(Exchange.refusal(lines) == .privateResponse)
        #expect(Exchange.refusal(lines, rules: .single) == nil)
        #expect(Exchange.refusal(["Cache-Control: private", "ETag: \"a\""], status: 403, rules: .single) == nil)
    }

    @Test("s-maxage allows nothing to a cache that is not shared")
    func sharedOnly() {
        let lines = ["Cache-Control: s-maxage=60", "ETag: \"a\""]
        #expect(Exchange.refusal(lines, status: 403) == nil)
        #expect(Exchange.refusal(lines, status: 403, rules: .single) == .status)
    }

    @Test(
        "What no request could use is not stored",
        arguments: [
            [], ["Cache-Control: max-age=0"], ["Expires: 0"], ["Cache-Control: no-cache, max-age=60"],
        ] as [[String]])
    func useless(lines: [String]) {
        #expect(Exchange.refusal(lines) == .useless)
        #expect(Exchange.refusal(lines + ["ETag: \"a\""]) == nil)
        #expect(Exchange.refusal(lines + ["Last-Modified: \(at(0))"]) == nil)
    }

    @Test("Vary: * and a Vary that cannot be read are not stored", arguments: ["*", "Accept, *", ", *", "a b", "(a)"])
    func varyAny(value: String) {
        #expect(Exchange.refusal(["Cache-Control: max-age=60", "Vary: \(value)"]) == .varyAny)
    }

    @Test(
        "A cookie is shared where the origin says how long the response is fresh, or that it is public (7.3)",
        arguments: [
            (["Cache-Control: max-age=60"], true), (["Cache-Control: s-maxage=60"], true),
            (["Cache-Control: public", "ETag: \"a\""], true), (["Expires: \(at(60))"], true),
            (["CDN-Cache-Control: max-age=60"], true),
            (["Cache-Control: max-age=0", "ETag: \"a\""], false), (["Expires: \(at(-60))", "ETag: \"a\""], false),
            (["Expires: 0", "ETag: \"a\""], false), (["Cache-Control: max-age=60, s-maxage=0", "ETag: \"a\""], false),
            (["CDN-Cache-Control: no-cache", "Expires: \(at(60))", "ETag: \"a\""], false),
            (["Last-Modified: \(at(-9000))"], false), (["ETag: \"a\""], false),
            (["Cache-Control: max-age=60, no-cache", "ETag: \"a\""], false),
        ] as [([String], Bool)])
    func cookies(lines: [String], isShared: Bool) throws {
        let cookie = "Set-Cookie: id=1"
        #expect(Exchange.refusal(lines + [cookie]) == (isShared ? nil : .setCookie))
        if isShared { #expect(try Exchange.stored(lines + [cookie]).fields[.setCookie] == "id=1") }
        #expect(Exchange.refusal(lines + [cookie], rules: .withoutCookies) == .setCookie)
    }

    @Test("A cookie is stored by its user's cache, and by no shared cache where directives name the field")
    func otherCookies() throws {
        let cookie = "Set-Cookie: id=1"
        #expect(try Exchange.stored(["ETag: \"a\"", cookie], rules: .single).fields[.setCookie] == "id=1")
        for directive in ["no-cache=\"set-cookie\"", "private=\"Set-Cookie, x\"", "private=set-cookie"] {
            for rules in [CacheRules.shared, .withoutCookies] {
                let stored = try Exchange.stored(["Cache-Control: max-age=60, \(directive)", cookie], rules: rules)
                #expect(stored.fields[.setCookie] == nil)
            }
        }
    }

    @Test("A cookie that others stored is not used where it is withheld, before the origin has confirmed the rest")
    func withheldCookies() throws {
        let lines = ["Cache-Control: max-age=60, stale-if-error=60, stale-while-revalidate=60", "ETag: \"a\""]
        let stored = try Exchange.stored(lines + ["Set-Cookie: id=1"], rules: .single)
        #expect(stored.outcome() == .serve)
        #expect(stored.outcome(rules: .withoutCookies) == .validate(.stale))
        #expect(
            stored.maySubstituteError(for: Exchange.request(), now: Exchange.start, rules: .withoutCookies) == nil)
        let confirmed = stored.freshened(
            by: HTTPFields(), requestTime: Exchange.start, responseTime: Exchange.start, rules: .withoutCookies)
        #expect(confirmed.fields[.setCookie] == nil)
        #expect(confirmed.outcome(rules: .withoutCookies) == .serve)
    }

    @Test(
        "The answer to a POST is stored where it is the content of its URL and says how long it is fresh",
        arguments: [
            (["Cache-Control: max-age=60"], 200, true, nil), (["Expires: \(at(60))"], 200, true, nil),
            (["Cache-Control: max-age=60"], 200, false, .method), (["ETag: \"a\""], 200, true, .method),
            (["Cache-Control: max-age=0", "ETag: \"a\""], 200, true, .method),
            (["Last-Modified: \(at(-9000))"], 200, true, .method),
            (["Cache-Control: public", "ETag: \"a\""], 200, true, .method),
            (["Cache-Control: max-age=60"], 201, true, .method), (["Cache-Control: max-age=60"], 404, true, .method),
            (["Cache-Control: max-age=60, no-store"], 200, true, .noStore),
            (["Cache-Control: max-age=60, private"], 200, true, .privateResponse),
        ] as [([String], Int, Bool, Storability.Refusal?)])
    func post(lines: [String], status: Int, isOfTarget: Bool, refusal: Storability.Refusal?) {
        #expect(Exchange.refusal(lines, status: status, method: .post, isOfTarget: isOfTarget) == refusal)
        #expect(Exchange.refusal(lines, status: status, method: .put, isOfTarget: isOfTarget) == .method)
    }

    @Test("A response without Date gets the time when it arrived (RFC 9110, 6.6.1)")
    func date() throws {
        #expect(try Exchange.stored(["Cache-Control: max-age=60"]).fields[.date] == at(0))
        #expect(try Exchange.stored(["Cache-Control: max-age=60", "Date: \(at(-5))"]).fields[.date] == at(-5))
    }
}
