import HTTPCaching
import HTTPTypes
import Testing

@Suite("RFC 9211: Cache-Status")
struct CacheStatusTests {
    @Test("A hit, with how long it stays fresh")
    func hit() {
        var status = CacheStatus()
        #expect(status.result == .hit)
        #expect(status.text == "weir; hit")
        status.timeToLive = 30
        #expect(status.text == "weir; hit; ttl=30")
        status.timeToLive = -30
        #expect(status.text == "weir; hit; ttl=-30")
    }

    @Test(
        "Why a request went on, in the registered words",
        arguments: [
            (.bypass, "bypass"), (.method, "method"), (.uriMiss, "uri-miss"), (.varyMiss, "vary-miss"),
            (.request, "request"), (.stale, "stale"), (.partial, "partial"),
        ] as [(CacheStatus.Forwarding, String)])
    func forwarded(why: CacheStatus.Forwarding, word: String) {
        var status = CacheStatus()
        status.forwarding = why
        #expect(status.result != .hit)
        #expect(status.text == "weir; fwd=\(word)")
    }

    @Test("What came of it")
    func details() {
        var status = CacheStatus()
        status.forwarding = .stale
        status.forwardStatus = 304
        status.timeToLive = 60
        status.isStored = true
        status.isCollapsed = true
        #expect(status.text == "weir; fwd=stale; fwd-status=304; ttl=60; stored; collapsed")
    }

    @Test("It comes after those of caches nearer to the origin")
    func order() throws {
        var fields = Exchange.fields(["Cache-Status: Origin; hit", "Cache-Status: CDN; fwd=uri-miss"])
        CacheStatus().add(to: &fields)
        let name = try #require(CacheStatus.fieldName)
        #expect(fields[name] == "Origin; hit, CDN; fwd=uri-miss, weir; hit")
        fields = HTTPFields()
        CacheStatus().add(to: &fields)
        #expect(fields == Exchange.fields(["Cache-Status: weir; hit"]))
    }
}
