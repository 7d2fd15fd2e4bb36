import ScriptedOrigin
import Testing

@Suite("clients that hang up", .site, .timeLimit(.minutes(3)))
struct HangingUpTests {
    private static let text = String(repeating: "0123456789", count: 40)

    private static func ask(_ resource: Resource, until end: String) async throws {
        _ = try await RawClient.ask(
            resource.site.gateway.url, "GET \(resource.path) HTTP/1.1\r\nHost: x\r\n\r\n"
        ) { $0.hasSuffix(end) }
    }

    @Test("with the last byte lose nothing of what it is the last of")
    func lastByte() async throws {
        for _ in 0..<60 {
            let resource = try Site.here.resource(
                .ok(Self.text + "end", ["Cache-Control": "max-age=6000"]), .ok("second"))
            try await Self.ask(resource, until: "end")
            let next = try await resource.get()
            #expect(next.text == Self.text + "end" && next.forwarded.isEmpty, "\(next)")
        }
    }

    @Test("before it leave nothing that is taken for whole")
    func before() async throws {
        for delivery in [ScriptedAnswer.Delivery.large(bytes: 32 << 20), .endless] {
            let fields: KeyValuePairs = ["Cache-Control": "max-age=6000"]
            let resource = try Site.here.resource(.ok("", fields).delivered(delivery), .ok("second", fields))
            _ = try await RawClient.ask(
                resource.site.gateway.url, "GET \(resource.path) HTTP/1.1\r\nHost: x\r\n\r\n"
            ) { $0.utf8.count > 1_000 }
            let next = try await resource.get()
            #expect(next.text == "second" && next.forwarded.count == 1, "\(next)")
        }
    }
}
