import ScriptedOrigin
import Testing

@Suite("RFC 9111, section 7.3: Set-Cookie", .site, .timeLimit(.minutes(2)))
struct CookieTests {
    static let cases: [ReuseCase] = [
        .init(.reused, "max-age", ["Cache-Control": "max-age=6000", "Set-Cookie": "a=b"]),
        .init(.reused, "s-maxage", ["Cache-Control": "s-maxage=6000", "Set-Cookie": "a=b"]),
        .init(.reused, "Expires", ["Expires": httpDate(6_000), "Set-Cookie": "a=b"]),
        .init(.fetched, "private", ["Cache-Control": "private, max-age=6000", "Set-Cookie": "a=b"]),
        .init(.fetched, "long unchanged", ["Last-Modified": httpDate(-31_536_000), "Set-Cookie": "a=b"]),
    ]

    @Test("what says how long it is fresh is stored, and nothing else", arguments: cases)
    func storing(_ reuse: ReuseCase) async throws {
        try await reuse.check()
    }

    @Test("the cookie included")
    func field() async throws {
        let resource = try Site.here.resource(.ok("first", ["Cache-Control": "max-age=6000", "Set-Cookie": "a=b"]))
        for _ in 0..<2 {
            let reply = try await resource.get()
            #expect(reply["Set-Cookie"] == "a=b", "\(reply)")
        }
    }

    @Test("which takes no part in what answers a request with cookies")
    func requests() async throws {
        let resource = try Site.here.resource(.ok("first", ["Cache-Control": "max-age=6000"]))
        _ = try await resource.get()
        let reply = try await resource.get(["Cookie": "a=b"])
        #expect(reply.forwarded.isEmpty, "\(reply)")
    }
}

@Suite("Set-Cookie, never stored", .site("--no-store-set-cookie"), .timeLimit(.minutes(2)))
struct NoCookieTests {
    @Test("however fresh it is", arguments: ["max-age=6000", "public, max-age=6000"])
    func never(control: String) async throws {
        try await ReuseCase(.fetched, control, ["Cache-Control": control, "Set-Cookie": "a=b"]).check()
    }

    @Test("but for what the origin says it is not about")
    func named() async throws {
        let control = "max-age=6000, no-cache=\"set-cookie\""
        try await ReuseCase(.reused, control, ["Cache-Control": control, "Set-Cookie": "a=b"]).check()
    }
}
