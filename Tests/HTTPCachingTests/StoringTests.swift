import HTTPTypes
import Testing

@testable import HTTPCaching

@Suite("RFC 9111, 3: what is stored")
struct StoringTests {
    typealias Fields = KeyValuePairs<String, String>

    struct Case: Sendable, CustomStringConvertible {
        let description: String
        let response: Fields
        var request: Fields = [:]
        var method = HTTPRequest.Method.get
        var status = 200
        /// What refuses it in a shared and in a private cache.
        var shared: Storability.Refusal?
        var `private`: Storability.Refusal?
    }

    static let cases = [
        Case(description: "explicit freshness", response: ["Cache-Control": "max-age=60"]),
        Case(description: "a validator", response: ["ETag": "\"1\""]),
        Case(description: "nothing to go by", response: [:], shared: .useless, private: .useless),
        Case(
            description: "never fresh, no validator", response: ["Cache-Control": "max-age=0"], shared: .useless,
            private: .useless),
        Case(
            description: "POST", response: ["Cache-Control": "max-age=60"], method: .post, shared: .method,
            private: .method),
        Case(
            description: "HEAD", response: ["Cache-Control": "max-age=60"], method: .head, shared: .method,
            private: .method),
        Case(
            description: "no-store", response: ["Cache-Control": "max-age=60, no-store"], shared: .noStore,
            private: .noStore),
        Case(
            description: "no-store in the request", response: ["Cache-Control": "max-age=60"],
            request: ["Cache-Control": "no-store"], shared: .noStore, private: .noStore),
        Case(description: "private", response: ["Cache-Control": "private, max-age=60"], shared: .privateResponse),
        Case(description: "private fields", response: ["Cache-Control": "private=\"set-cookie\", max-age=60"]),
        Case(
            description: "Authorization", response: ["Cache-Control": "max-age=60"], request: ["Authorization": "x"],
            shared: .authorization),
        Case(
            description: "Authorization, public", response: ["Cache-Control": "max-age=60, public"],
            request: ["Authorization": "x"]),
        Case(
            description: "Authorization, s-maxage", response: ["Cache-Control": "s-maxage=60"],
            request: ["Authorization": "x"], private: .useless),
        Case(
            description: "Authorization, must-revalidate", response: ["Cache-Control": "max-age=60, must-revalidate"],
            request: ["Authorization": "x"]),
        Case(
            description: "a cookie", response: ["Cache-Control": "max-age=60", "Set-Cookie": "a=b"], shared: .setCookie),
        Case(
            description: "a cookie that is left out",
            response: ["Cache-Control": "max-age=60, no-cache=\"Set-Cookie\"", "Set-Cookie": "a=b"]),
        Case(
            description: "Vary: *", response: ["Cache-Control": "max-age=60", "Vary": "Accept, *"], shared: .varyAny,
            private: .varyAny),
        Case(
            description: "302 without a word", response: ["ETag": "\"1\""], status: 302, shared: .status,
            private: .status),
        Case(description: "302 with one", response: ["Cache-Control": "max-age=60"], status: 302),
        Case(description: "404", response: ["ETag": "\"1\""], status: 404),
        Case(
            description: "500 without a word", response: ["ETag": "\"1\""], status: 500, shared: .status,
            private: .status),
        Case(
            description: "304", response: ["Cache-Control": "max-age=60"], status: 304, shared: .status,
            private: .status),
        Case(
            description: "must-understand what is understood",
            response: ["Cache-Control": "max-age=60, no-store, must-understand"]),
        Case(
            description: "must-understand what is not", response: ["Cache-Control": "max-age=60, must-understand"],
            status: 299, shared: .status, private: .status),
        Case(
            description: "a part with a strong validator",
            response: ["Cache-Control": "max-age=60", "ETag": "\"1\"", "Content-Range": "bytes 0-4/10"], status: 206),
        Case(
            description: "a part with a weak one",
            response: ["Cache-Control": "max-age=60", "ETag": "W/\"1\"", "Content-Range": "bytes 0-4/10"], status: 206,
            shared: .partial, private: .partial),
        Case(
            description: "a part of nobody knows what",
            response: ["Cache-Control": "max-age=60", "ETag": "\"1\"", "Content-Range": "bytes 0-4/*"], status: 206,
            shared: .partial, private: .partial),
        Case(
            description: "targeted no-store",
            response: ["Cache-Control": "max-age=60", "CDN-Cache-Control": "no-store"],
            shared: .noStore),
    ]

    @Test(arguments: cases, [true, false])
    func decides(of testCase: Case, isShared: Bool) throws {
        let storability = try Exchanges.storing(
            testCase.response, status: testCase.status, to: testCase.request, method: testCase.method,
            rules: CacheRules(isShared: isShared))
        let refusal: Storability.Refusal? = if case .refused(let refusal) = storability { refusal } else { nil }
        #expect(refusal == (isShared ? testCase.shared : testCase.private))
    }

    @Test("3.1: fields of the connection and those that directives name are left out")
    func fields() throws {
        let storability = try Exchanges.storing([
            "Cache-Control": "max-age=60, no-cache=\"X-A\", private=\"X-B, X-C\"", "X-A": "1", "X-B": "1", "X-C": "1",
            "X-D": "1", "Connection": "X-E, close", "X-E": "1", "Keep-Alive": "timeout=5", "Proxy-Authenticate": "x",
            "Transfer-Encoding": "chunked",
        ])
        guard case .storable(let stored) = storability else {
            Issue.record("\(storability)")
            return
        }
        #expect(stored.fields.map(\.name.rawName) == ["Cache-Control", "X-D"])
    }
}
