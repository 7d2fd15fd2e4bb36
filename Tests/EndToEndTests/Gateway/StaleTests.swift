import ScriptedOrigin
import Testing

@Suite("RFC 9111, section 4.2.4: stale answers", .site, .timeLimit(.minutes(2)))
struct StaleTests {
    /// Without permission of the origin or the client, nothing stale is sent, not even when the origin is out of reach.
    @Test(
        "are not used where nobody allows it",
        arguments: [
            "max-age=6000", "max-age=6000, must-revalidate", "max-age=6000, proxy-revalidate", "s-maxage=6000",
            "max-age=6000, no-cache", "max-age=6000, must-revalidate, stale-if-error=9000",
            "max-age=6000, proxy-revalidate, stale-if-error=9000", "max-age=6000, no-cache, stale-if-error=9000",
        ])
    func unreachableOrigin(control: String) async throws {
        let fields: KeyValuePairs = ["Cache-Control": control, "Age": "7000", "ETag": "\"1\""]
        let resource = try Site.here.resource(.ok("first", fields), .reset)
        _ = try await resource.get()
        let next = try await resource.get()
        #expect([502, 504].contains(next.status) && !next.forwarded.isEmpty, "\(next)")
        #expect(next.problem?.status == next.status, "\(next)")
    }

    @Test(
        "are not used when the origin fails to validate them",
        arguments: ["max-age=6000", "max-age=6000, must-revalidate, stale-if-error=9000"], [500, 503])
    func failingOrigin(control: String, status: Int) async throws {
        let fields: KeyValuePairs = ["Cache-Control": control, "Age": "7000", "ETag": "\"1\""]
        let resource = try Site.here.resource(.ok("first", fields), ScriptedAnswer(status, "broken"))
        _ = try await resource.get()
        let next = try await resource.get()
        #expect(next.status == status && next.text == "broken", "\(next)")
    }

    @Test(
        "are not used for max-stale where the origin forbids it",
        arguments: ["must-revalidate", "proxy-revalidate", "s-maxage=6000", "no-cache"])
    func forbiddenMaxStale(directive: String) async throws {
        let fields: KeyValuePairs = ["Cache-Control": "max-age=6000, \(directive)", "Age": "7000", "ETag": "\"1\""]
        let resource = try Site.here.resource(.ok("first", fields), .ok("second"))
        _ = try await resource.get()
        let next = try await resource.get(["Cache-Control": "max-stale"])
        #expect(next.text == "second" && next.forwarded.count == 1, "\(next)")
    }

    @Test("are used while fresh, whatever must be done later", arguments: ["must-revalidate", "proxy-revalidate"])
    func stillFresh(directive: String) async throws {
        let reuse = ReuseCase(.reused, directive, ["Cache-Control": "max-age=6000, \(directive)", "Age": "3000"])
        try await reuse.check()
    }
}
