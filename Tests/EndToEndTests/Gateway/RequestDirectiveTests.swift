import ScriptedOrigin
import Testing

@Suite("RFC 9111, sections 5.2.1 and 5.4: directives of requests", .site, .timeLimit(.minutes(2)))
struct RequestDirectiveTests {
    /// Half of its lifetime is over.
    private static let fresh: KeyValuePairs = ["Cache-Control": "max-age=6000", "Age": "3000"]
    private static let stale: KeyValuePairs = ["Cache-Control": "max-age=6000", "Age": "7000"]

    private static func fresh(_ verdict: ReuseCase.Verdict, _ control: String) -> ReuseCase {
        ReuseCase(verdict, "fresh: \(control)", fresh, then: ["Cache-Control": control])
    }

    private static func stale(_ verdict: ReuseCase.Verdict, _ control: String) -> ReuseCase {
        ReuseCase(verdict, "stale: \(control)", stale, then: ["Cache-Control": control])
    }

    static let cases: [ReuseCase] = [
        fresh(.fetched, "max-age=0"), fresh(.fetched, "max-age=1000"), fresh(.reused, "max-age=5000"),
        fresh(.fetched, "no-cache"), fresh(.fetched, "No-Cache"), fresh(.either, "no-store"),
        fresh(.reused, "min-fresh=1000"), fresh(.fetched, "min-fresh=5000"), fresh(.reused, "max-stale=5"),
        fresh(.reused, "x-unknown"), fresh(.reused, #"x="no-cache""#), fresh(.fetched, "max-age=1000, max-stale=500"),
        fresh(.fetched, "max-age=5000, min-fresh=5000"),
        stale(.fetched, "max-age=9000"), stale(.reused, "max-stale"), stale(.reused, "max-stale=5000"),
        stale(.fetched, "max-stale=100"), stale(.fetched, "max-stale, no-cache"),
        stale(.fetched, "max-age=5000, max-stale=500"),
        .init(.fetched, "Pragma: no-cache", fresh, then: ["Pragma": "no-cache"]),
        .init(.reused, "Pragma: x", fresh, then: ["Pragma": "x"]),
        .init(
            .reused, "Pragma: no-cache beside Cache-Control", fresh,
            then: ["Pragma": "no-cache", "Cache-Control": "max-age=5000"]),
    ]

    @Test("say what a client takes", arguments: cases)
    func directive(_ reuse: ReuseCase) async throws {
        try await reuse.check()
    }

    @Test("no-cache is satisfied by a validation")
    func validation() async throws {
        let fields: KeyValuePairs = ["Cache-Control": "max-age=6000", "ETag": "\"1\""]
        let resource = try Site.here.resource(.ok("first", fields), ScriptedAnswer(304, "", fields))
        _ = try await resource.get()
        for control in ["no-cache", "max-age=0"] {
            let next = try await resource.get(["Cache-Control": control])
            #expect(next.status == 200 && next.text == "first", "\(next)")
            #expect(next.forwarded.map { $0["If-None-Match"] } == ["\"1\""], "\(next)")
        }
    }

    @Test("what no-cache fetched is there for others")
    func refresh() async throws {
        let resource = try Site.here.resource(
            .ok("first", Self.fresh), .ok("second", ["Cache-Control": "max-age=6000"]), .ok("third"))
        _ = try await resource.get()
        #expect(try await resource.get(["Cache-Control": "no-cache"]).text == "second")
        let next = try await resource.get()
        #expect(next.text == "second" && next.forwarded.isEmpty, "\(next)")
    }

    @Test("only-if-cached never reaches the origin")
    func onlyIfCached() async throws {
        let site = try Site.here
        let only: KeyValuePairs = ["Cache-Control": "only-if-cached"]
        let unknown = site.resource(.ok("first", Self.fresh))
        let missing = try await unknown.get(only)
        #expect(missing.status == 504 && missing.problem?.status == 504 && missing.forwarded.isEmpty, "\(missing)")
        _ = try await unknown.get()
        let stored = try await unknown.get(only)
        #expect(stored.status == 200 && stored.text == "first" && stored.forwarded.isEmpty, "\(stored)")
        let old = site.resource(.ok("first", Self.stale))
        _ = try await old.get()
        let expired = try await old.get(only)
        #expect(expired.status == 504 && expired.forwarded.isEmpty, "\(expired)")
        let accepted = try await old.get(["Cache-Control": "only-if-cached, max-stale"])
        #expect(accepted.status == 200 && accepted.text == "first", "\(accepted)")
    }

    /// Section 5.2.
    @Test("directives are passed on, known or not")
    func passedOn() async throws {
        let resource = try Site.here.resource(.ok("first", ["Cache-Control": "no-store, x-down=2"]))
        let reply = try await resource.get(["Cache-Control": "max-age=5, x-up=1"])
        let control = reply.forwarded.first?["Cache-Control"] ?? ""
        #expect(control.contains("max-age=5") && control.contains("x-up=1"), "\(reply)")
        #expect(reply["Cache-Control"] == "no-store, x-down=2", "\(reply)")
    }
}
