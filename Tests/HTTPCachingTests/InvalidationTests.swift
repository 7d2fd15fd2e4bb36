import HTTPCaching
import HTTPTypes
import Testing

@Suite("RFC 9111, 4.4: invalidation")
struct InvalidationTests {
    static let unsafe = ["POST", "PUT", "DELETE", "PATCH", "M-SEARCH", "get"].compactMap { HTTPRequest.Method($0) }

    @Test(
        "An unsafe or unknown method that succeeds makes what is stored obsolete", arguments: unsafe, [200, 204, 303])
    func succeeds(method: HTTPRequest.Method, status: Int) {
        #expect(Invalidation.happens(method: method, status: .init(code: status)))
    }

    @Test("One that fails does not", arguments: unsafe, [100, 404, 500])
    func fails(method: HTTPRequest.Method, status: Int) {
        #expect(!Invalidation.happens(method: method, status: .init(code: status)))
    }

    @Test(
        "Methods that are registered as safe do not",
        arguments: ["GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "REPORT", "SEARCH", "QUERY"])
    func safe(name: String) throws {
        let method = try #require(HTTPRequest.Method(name))
        #expect(!Invalidation.happens(method: method, status: .ok))
    }

    @Test("It may reach what Location and Content-Location name")
    func references() {
        #expect(
            Invalidation.references(in: Exchange.fields(["Location: /a", "Content-Location: b", "Link: </c>"]))
                == ["/a", "b"])
        #expect(Invalidation.references(in: HTTPFields()).isEmpty)
    }

    @Test("What is obsolete is used for nothing before the origin has confirmed it")
    func obsolete() throws {
        var stored = try Exchange.stored(
            ["Cache-Control: max-age=60, immutable, stale-while-revalidate=60, stale-if-error=60", "ETag: \"a\""])
        stored.isInvalidated = true
        for asked in [[], ["Cache-Control: max-stale"], ["Cache-Control: max-age=0, stale-if-error=60"]] {
            guard case .validate = stored.outcome(asking: asked) else {
                Issue.record("\(asked)")
                continue
            }
            #expect(
                stored.maySubstituteError(for: Exchange.request(asked), now: Exchange.start, rules: .shared) == nil)
        }
        #expect(stored.outcome(asking: ["Cache-Control: only-if-cached"]) == .refuse)
    }
}
